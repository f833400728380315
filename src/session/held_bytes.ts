// Bytes that all sessions of a server hold together: what the server's budgets bound.

/** Raised and lowered by the sessions as their queues and incomplete frames grow and shrink. */
export class HeldBytes {
  /** Left over when it was tried to send them. A frame that many sessions share counts for each: each may be the last to let go of it. */
  outbound = 0;
  /** Memory of frames that are not complete, not served yet, or kept by handlers that still run. */
  inbound = 0;
}
