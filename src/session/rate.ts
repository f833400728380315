// How fast one session may send: a bucket of tokens for frames and one for bytes.

import type { ServerLimits } from "../limits/server.ts";

/** Seconds of the average rate that may come at once: a burst after a pause is no flood. */
const BURST_SECONDS = 2;

/** Tokens that come back at a steady rate (the token bucket of RFC 2697 and others). */
class Bucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * BURST_SECONDS;
    this.#filledAt = now;
  }

  /** Takes `count` tokens; false where there are not enough. Then they are all there again: one overrun counts once. */
  take(count: number, now: number): boolean {
    const most = this.#perSecond * BURST_SECONDS;
    const filled = this.#tokens + (now - this.#filledAt) / 1000 * this.#perSecond;
    this.#tokens = Math.min(filled, most) - count;
    this.#filledAt = now;
    if (this.#tokens >= 0) return true;
    this.#tokens = most;
    return false;
  }
}

/** The rates of one session. */
export class Rate {
  readonly #frames: Bucket | null;
  readonly #bytes: Bucket | null;

  constructor({ framesPerSecond, bytesPerSecond }: ServerLimits, now: number) {
    this.#frames = framesPerSecond === 0 ? null : new Bucket(framesPerSecond, now);
    this.#bytes = bytesPerSecond === 0 ? null : new Bucket(bytesPerSecond, now);
  }

  /** Whether a frame of so many bytes keeps to both rates. */
  allows(frameBytes: number, now: number): boolean {
    const frames = this.#frames?.take(1, now) ?? true;
    return (this.#bytes?.take(frameBytes, now) ?? true) && frames;
  }
}

/** The rates of a new session; null where none is set, so that it costs nothing. */
export function rateFor(limits: ServerLimits, now: number): Rate | null {
  const none = limits.framesPerSecond === 0 && limits.bytesPerSecond === 0;
  return none ? null : new Rate(limits, now);
}
