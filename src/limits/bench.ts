// Bounds of the load generator: a load test is bounded in size and in time, whatever was typed.

import { assert } from "../base/assert.ts";
import { HEADER_BYTES } from "./wire.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;

/** What may be asked for; what is not asked for depends on the load (src/cli/bench/options.ts). */
export const BENCH_BOUNDS = {
  /** Connections: one address reaches another from about 28 000 ports, the descriptors of one process are the next bound. */
  conns: { min: 1, max: 20_000 },
  /** Frames in flight: on each connection, or Broadcasts in all. */
  depth: { min: 1, max: 1024 },
  /** Bytes of each payload: from the mark that tells a Broadcast of ours from others. */
  payload: { min: 8, max: MIB },
  /** How long: an hour is a soak test, and more is another tool's work. */
  seconds: { min: 1, max: 3600 },
} as const;

/** Connections that are being opened at once, except in a storm: fewer than the shortest backlog there is. */
export const OPENING_MAX = 128;

/** Milliseconds until all connections must have their session; the rest counts as failed. */
export const OPENING_MS_MAX = 30 * SECOND;

/** Milliseconds of traffic before anything is counted: both sides compile their hot loops in them. */
export const WARM_UP_MS = SECOND / 2;

/** Milliseconds that answers may take once nothing more is asked, and connections to close. */
export const SETTLING_MS_MAX = SECOND;

/** Milliseconds after which a Broadcast that did not reach everybody is given up: somebody lost it. */
export const STALLED_MS = 5 * SECOND;

/** Bytes gathered into one write: what an adapter holds at most. */
export const TRAIN_BYTES = 64 * KIB;

/** Pongs that wait on a connection which takes no bytes. */
export const PONGS_MAX = 8;

assert(BENCH_BOUNDS.payload.min + HEADER_BYTES <= TRAIN_BYTES, "a write holds a frame");
