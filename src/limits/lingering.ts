// How long and how much a socket may linger after its session ended, so that a last Error reaches the peer.

/** Milliseconds for which the input of an ended session is read and discarded. */
export const LINGER_MS = 2000;

/** Bytes of input that are discarded before the socket is closed all the same. */
export const LINGER_BYTES_MAX = 1024 * 1024;

/** Sockets that may linger after a fatal Error at once; the rest are closed at once. */
export const LINGERING_MAX = 1000;
