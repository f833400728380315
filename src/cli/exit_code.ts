// How the program can end: the exit codes that users and service managers rely on.

export const EXIT_CODE = {
  ok: 0,
  /** Something failed while running. */
  failed: 1,
  /** Bad usage or configuration. */
  usage: 2,
  /** The address cannot be bound. */
  cannotBind: 3,
} as const;
