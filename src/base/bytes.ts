// The empty byte string.

/** No bytes; shared, since it cannot change. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);
