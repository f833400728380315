// Every bound of the client library: default, least, most, unit (in the name) and reason.

import { assert } from "../base/assert.ts";
import type { Bound } from "./server.ts";
import { FRAME_BYTES_CEILING } from "./wire.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MIB = 1024 * 1024;

/** What a program may choose. Durations are milliseconds, sizes bytes. */
export const CLIENT_BOUNDS = {
  /** From dialing to the HandshakeAck: a slow radio link, a name to look up, and a server that checks a credential. */
  connectTimeoutMs: { default: 10 * SECOND, min: 100, max: 10 * MINUTE },

  /** From the call to the answer, reconnecting included: longer than the server itself lets a handler run (10 s). */
  requestTimeoutMs: { default: 30 * SECOND, min: 1, max: 24 * HOUR },

  /** Requests without an answer, and frames that wait to be sent, each: far above what a server runs at once (256). */
  framesMax: { default: 65_536, min: 1, max: 1_000_000 },

  /** Bytes of Requests without an answer and of frames that wait to be sent: two of the longest frames. */
  bytesMax: { default: 32 * MIB, min: 1024, max: 1024 * MIB },
} satisfies Record<string, Bound>;

/** The bounds a client runs with. */
export type ClientLimits = { readonly [Name in keyof typeof CLIENT_BOUNDS]: number };

/**
 * The shortest and longest wait before the next attempt, and what the longest is after the first loss; it doubles with
 * each. A client that waits less hammers a server that struggles; one that waits more is missed when it is back.
 */
export const RECONNECT_MS_MIN = 500;
export const RECONNECT_MS_MAX = 20 * SECOND;
export const RECONNECT_MS_FIRST = SECOND;

/** A session that lived this long was a success: the next loss is a first one. */
export const STABLE_MS = MINUTE;

/** The longest `retryAfterMs` of a server that is obeyed; a mistaken one must not keep its clients away for days. */
export const RETRY_AFTER_MS_LONGEST = HOUR;

/** The share of the server's time-out that may pass in silence before the client asks whether it is there. */
export const SILENCE_SHARE = 2 / 3;

/** How long `close()` waits for the server to take what is queued and to close its side. */
export const CLOSE_MS = 5 * SECOND;

/** Sequenced frames, or bytes of them, after which they are acknowledged without waiting for a heartbeat. */
export const ACK_FRAMES = 64;
export const ACK_BYTES = 64 * 1024;

/** Control frames that wait to be sent. A peer that makes us answer more Pings than this and reads none is broken. */
export const CONTROL_FRAMES_MAX = 1024;

/** Calls of `ping()` without an answer. */
export const PINGS_MAX = 64;

/** Requests of the server that are being answered at once. */
export const ANSWERING_MAX = 1024;

/** Answers kept in case the server asks again after a resume, and their bytes. */
export const ANSWERS_KEPT_MAX = 256;
export const ANSWERS_KEPT_BYTES_MAX = MIB;

/** The longest route and group name, in bytes of UTF-8: one byte tells their length. */
export const ROUTE_BYTES_MAX = 255;

/** Connections of a pool. */
export const POOL_SIZE_MAX = 256;

assert(
  CLIENT_BOUNDS.bytesMax.default >= 2 * FRAME_BYTES_CEILING,
  "by default two of the longest frames fit",
);
assert(
  RECONNECT_MS_MIN < RECONNECT_MS_FIRST && RECONNECT_MS_FIRST <= RECONNECT_MS_MAX,
  "waits grow from the least to the most",
);
