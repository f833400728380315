// When a refused client may come back.

/** Milliseconds after which a client that was refused tries again: drawn between these, so that they spread. */
export const RETRY_AFTER_MS_MIN = 1000;
export const RETRY_AFTER_MS_MAX = 5000;

/** A time to come back; `random` is from 0 to 1. */
export function retryAfter(random: number): number {
  return Math.round(RETRY_AFTER_MS_MIN + random * (RETRY_AFTER_MS_MAX - RETRY_AFTER_MS_MIN));
}

/** The longest a new connection waits to be admitted, in seconds; who would wait longer is refused. */
export const ADMISSION_WAIT_SECONDS_MAX = 5;
