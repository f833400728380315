// What the network does to streams: delays, sizes and faults, each drawn from odds. It moves no bytes itself.

import type { Prng } from "../../base/prng.ts";

/** From a lowest to a highest value, both possible. */
export type Range = readonly [low: number, high: number];

/** The odds of a network. What is left out is benign. Chances are from 0 (never) to 1. */
export interface NetworkOptions {
  /** How long anything takes to the other side: bytes, FIN, reset, the news of room. @default [1, 1] */
  readonly latencyMs: Range;
  /** The most bytes one `onData` brings; written pieces are joined and cut to it. @default [65_536, 65_536] */
  readonly segmentBytes: Range;
  /** The most bytes under way in one direction; a peer that does not read fills it. @default 65_536 */
  readonly bufferBytes: number;
  /** That a write is cut short although there is room, per write. @default 0 */
  readonly shortWriteChance: number;
  /** That a segment, and all behind it, waits. @default 0 */
  readonly stallChance: number;
  /** How long it then waits. @default [1_000, 5_000] */
  readonly stallMs: Range;
  /** That the stream breaks instead of delivering a segment: both sides see a reset. @default 0 */
  readonly resetChance: number;
  /** That one bit of a segment arrives flipped. @default 0 */
  readonly corruptChance: number;
}

/** A network without faults, and with buffers a test can fill. */
const BENIGN: NetworkOptions = {
  latencyMs: [1, 1],
  segmentBytes: [65_536, 65_536],
  bufferBytes: 65_536,
  shortWriteChance: 0,
  stallChance: 0,
  stallMs: [1_000, 5_000],
  resetChance: 0,
  corruptChance: 0,
};

/** The draws of one network, in the order in which they are asked for. */
export class Network {
  readonly bufferBytes: number;
  readonly #odds: NetworkOptions;
  readonly #prng: Prng;

  constructor(prng: Prng, odds: Partial<NetworkOptions>) {
    this.#prng = prng;
    this.#odds = { ...BENIGN, ...odds };
    this.bufferBytes = this.#odds.bufferBytes;
  }

  latencyMs(): number {
    return this.#prng.between(...this.#odds.latencyMs);
  }

  segmentBytes(): number {
    return this.#prng.between(...this.#odds.segmentBytes);
  }

  /** How many of `count` bytes a write takes where there is room for `room`; 0 only when there is none. */
  takenBytes(count: number, room: number): number {
    const short = count > 1 && this.#happens(this.#odds.shortWriteChance);
    return Math.min(room, short ? this.#prng.between(1, count - 1) : count);
  }

  /** How long the next segment is held up; mostly 0. */
  stallMs(): number {
    return this.#happens(this.#odds.stallChance) ? this.#prng.between(...this.#odds.stallMs) : 0;
  }

  /** Whether the stream breaks now. */
  resets(): boolean {
    return this.#happens(this.#odds.resetChance);
  }

  /** Flips one bit of `segment`, or mostly does not. */
  corrupt(segment: Uint8Array): void {
    if (!this.#happens(this.#odds.corruptChance)) return;
    const bit = this.#prng.between(0, segment.length * 8 - 1);
    segment[bit >> 3]! ^= 1 << (bit & 7);
  }

  // Odds of zero draw nothing, so that turning on one fault does not shift the draws of a run without it.
  #happens(chance: number): boolean {
    return chance > 0 && this.#prng.chance(chance);
  }
}
