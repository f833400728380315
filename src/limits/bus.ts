// Bounds of the bus between the nodes of one server.

/**
 * Bytes that wait on their way from one thread to another; what comes on top is dropped. A few of the largest messages
 * (16 MiB), and half a second of all that a busy thread takes in.
 */
export const BUS_WAITING_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes after which a receiver says that it has taken them: seldom, and long before the sender has to stop. */
export const BUS_TAKEN_BYTES = 256 * 1024;

/** What a parcel costs beyond its message and subject: fields, and their part in a structured clone. */
export const PARCEL_BYTES = 128;

/** Questions of one node that wait for answers. More than all its sessions could have begun within a deadline. */
export const BUS_QUESTIONS_MAX = 65_536;

/** Milliseconds that the answer of another node may take where nothing else is asked for. A busy thread answers in a few. */
export const BUS_DEADLINE_MS = 2000;
