// Bounds of the workers of one program.

/** Threads that serve sessions, at most. More than the cores of nearly all machines. */
export const WORKERS_MAX = 256;

/**
 * Milliseconds before a worker that crashed is started again: twice as many each time, from the first to the last. One
 * that crashes at once must not keep the machine busy with starting.
 */
export const RESTART_MS_MIN = 1000;
export const RESTART_MS_MAX = 30_000;

/** Milliseconds after which a worker that still runs counts as sound again. */
export const SOUND_AFTER_MS = 60_000;

/**
 * Over how many milliseconds the clients of a worker that crashed come back: half of one for each, 2 000 in a second, and
 * never all at once.
 */
export const CRASH_STEP_MS = 0.5;
export const CRASH_SPREAD_MS_MIN = 250;

/** Milliseconds that workers have to leave when nobody waits for their sessions any more. */
export const LEAVE_MS_MAX = 2000;
