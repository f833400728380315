// Bytes that all sessions of a server hold together: what the server's budgets bound.

/** Raised and lowered by the sessions as their queues and incomplete frames grow and shrink. */
export class HeldBytes {
  /** Waiting to be sent. A frame that many sessions share counts for each: each may be the last to let go of it. */
  outbound = 0;
  /** Memory of frames that are not complete, or not served yet. */
  inbound = 0;
}
