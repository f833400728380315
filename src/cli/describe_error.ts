// An error as a line of the log tells it: what happened, and the platform's own words for why.

/** The message, and that of the cause with its code. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error.cause instanceof Error)) return error.message;
  const { message, code } = error.cause as Error & { code?: string };
  return `${error.message}: ${message}${code === undefined ? "" : ` (${code})`}`;
}
