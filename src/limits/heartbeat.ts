// How a heartbeat adapts to its path.

/** The interval of a session is shortened by up to this share, drawn once, so that sessions do not ping in step. */
export const HEARTBEAT_JITTER = 0.1;

/** Pongs in time, one after the other, before the interval grows by a step, and by what it is multiplied then. */
export const HEARTBEAT_STEP_PONGS = 2;
export const HEARTBEAT_STEP_FACTOR = 1.5;

/** A Pong within this many milliseconds is never late: the least retransmission time-out of RFC 6298, section 2.4. */
export const PONG_LATE_MS_MIN = 1000;
