// What sessions take of a machine beyond the program's own memory: what `doctor` reckons with.

/**
 * Descriptors besides those of the sessions: listeners, files, the log, the admin API's connections, and sockets of
 * sessions that have ended and still linger.
 */
export const DESCRIPTORS_RESERVED = 100;

/** And those of each worker where there are several: its listener, and what its event loop waits with (3 on Bun, 7 on Deno). */
export const WORKER_DESCRIPTORS = 8;

/** Bytes the kernel holds for a silent connection: the socket, its file and its inode. */
export const KERNEL_SESSION_BYTES = 4096;

/** Bytes of the kernel's memory for TCP that each session should find: two pages for each direction. */
export const TCP_SESSION_BYTES = 16 * 1024;
