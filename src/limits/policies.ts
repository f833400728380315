// What a server does where there is a choice: every setting that is not a number, with its default and reason.

/** The choices a server runs with. */
export interface Policies {
  /** False: a client may begin with any frame and is then a plain one. */
  readonly handshakeRequired: boolean;

  /** Whether the heartbeat interval of a session that always answers in time grows: fewer Pings, less radio. */
  readonly heartbeatAdaptive: boolean;
}

/** Every choice at its default. */
export const DEFAULT_POLICIES: Policies = Object.freeze({
  handshakeRequired: true,
  heartbeatAdaptive: true,
});
