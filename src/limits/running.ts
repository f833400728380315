// How much the handlers of one session may hold before its reading waits for them.

/** What one running handler takes beside its payload, in bytes: its context, a promise, a place on the timer wheel. */
export const RUNNING_BYTES = 1024;

/**
 * Bytes over which reading from a session waits until its handlers have caught up. A thousand small frames, or a few
 * large ones: enough for any handler that answers at all, and a bound on what one peer can make it keep.
 */
export const RUNNING_BYTES_HIGH = 1024 * 1024;
