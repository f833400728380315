// Sizes that the protocol itself fixes. They are not configuration: both ends of a connection rely on them.

import { assert } from "../base/assert.ts";

/** Bytes before the payload: length (4), type (1), request id (8). */
export const HEADER_BYTES = 13;

/** The least the length field may say: type and request id, no payload. */
export const LENGTH_MIN = HEADER_BYTES - 4;

/** The most the length field may ever say, in bytes: 16 MiB. Default and ceiling of `limits.frame_bytes_max`. */
export const FRAME_BYTES_CEILING = 16 * 1024 * 1024;

/** Bytes of a Ping's payload that acknowledges: the number of the last frame seen, a u64. */
export const SEQUENCE_BYTES = 8;

/** The longest payload of any frame, in bytes. */
export const PAYLOAD_BYTES_CEILING = FRAME_BYTES_CEILING - LENGTH_MIN;

/** The longest payload of a Ping or Pong, in bytes: an 8-byte sequence number or a timestamp, with room to spare. */
export const PING_PAYLOAD_BYTES_MAX = 64;

/**
 * The longest payload of an Error or Disconnect that is read, in bytes. A peer's is parsed as JSON; a code, a sentence
 * and a time need no more, and 16 MiB of JSON would stop everybody else.
 */
export const END_PAYLOAD_BYTES_MAX = 8 * 1024;

/** The longest `client` of a Handshake, in characters (UTF-16 code units, here and below): product and version. */
export const CLIENT_NAME_CHARS_MAX = 64;

/** The longest `user` of a Handshake, in characters. */
export const USER_CHARS_MAX = 128;

/** The most `tags` of a Handshake, and how long the name and value of one may be, in characters. */
export const TAGS_MAX = 16;
export const TAG_CHARS_MAX = 64;

assert(LENGTH_MIN === 9, "the protocol says that the length of an empty frame is 9");
assert(FRAME_BYTES_CEILING < 2 ** 31, "frame offsets stay small integers");
