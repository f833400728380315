// How sessions are kept beyond the life of the process: how often, how much at once, and what a crash may cost.

import { assert } from "../base/assert.ts";

/** Milliseconds that changes are collected before they are saved: what a crash may lose. */
export const SAVE_AFTER_MS = 1000;

/**
 * Sessions, and bytes of their frames, that are saved at once, and milliseconds from one such batch to the next: a
 * batch takes some milliseconds in which nobody is served, so that saving takes a fifth of the time at most.
 */
export const SAVE_SESSIONS_MAX = 64;
export const SAVE_BYTES_MAX = 1024 * 1024;
export const SAVE_PACE_MS = 15;

/**
 * Request ids of one session that are taken ahead of their use. Ids that were taken and not used are answered with
 * `answer_lost` after a crash, so there are never more than came in since the last look.
 */
export const IDS_AHEAD_MAX = 64;

/** Milliseconds from one look at the ids taken ahead to the next: those of a session that asks no more are given back. */
export const IDS_LOOK_MS = 10_000;

/**
 * How far the numbers of frames jump after a crash, which may have lost the last ones: a thousand frames a second for
 * 34 years. A session may live through 8 000 crashes before they come to an end.
 */
export const SEQUENCE_JUMP = 2 ** 40;

assert(SEQUENCE_JUMP * 8000 < Number.MAX_SAFE_INTEGER, "numbers of frames stay exact");
