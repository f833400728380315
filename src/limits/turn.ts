// How much work one turn may do before others get theirs.

/**
 * Frames of one session that are served before the sockets are looked at again. A read of 512 KiB may hold 40 000 tiny
 * frames; 2 048 of them take about a millisecond.
 */
export const FRAMES_PER_TURN_MAX = 2048;

/**
 * Sessions that a Broadcast is written to before the sockets are looked at again: less than a millisecond of system calls.
 * Without it a Broadcast to 10 000 sessions stops everybody for a tenth of a second. It is below what Deno's pacer starts
 * in a turn (80 operations): with 256, a bystander's answers waited behind the rest there, 500 ms instead of 7.
 */
export const FLUSHES_PER_TURN_MAX = 64;

/**
 * Bytes gathered into one write. It fits into a core's second-level cache and is what an adapter takes at once; a
 * larger write saves no system call worth counting.
 */
export const GATHER_BYTES = 64 * 1024;

/** Frames up to this size are copied to share a write with others; larger ones are written from where they are. */
export const GATHER_FRAME_BYTES_MAX = 16 * 1024;
