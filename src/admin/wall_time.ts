// Moments of the server's clock, which only goes forward, as times of day.

import type { Clock } from "../transport/transport.ts";

/** Turns a moment of a clock into milliseconds since 1970, with their fraction. */
export type WallTime = (at: number) => number;

/** By how many milliseconds the time of day has to be off before we follow it: somebody has set the clock, or we slept. */
const STEP_MS = 1000;

/**
 * The wall time of `clock`. What lies between the two is looked at once, so that a moment always has the same time, and
 * moments of several threads, whose clocks begin apart, can be put in order.
 */
export function wallTimeOf(clock: Pick<Clock, "now">): WallTime {
  let between = Date.now() - clock.now();
  return (at) => {
    const now = Date.now() - clock.now();
    if (Math.abs(now - between) > STEP_MS) between = now;
    return between + at;
  };
}

/** Milliseconds since 1970 as ISO 8601 in UTC; a fraction is cut off. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
