// When a refused client may come back.

/** Milliseconds after which a client that met a full server tries again: drawn between these, so that they spread. */
export const RETRY_AFTER_MS_MIN = 1000;
export const RETRY_AFTER_MS_MAX = 5000;
