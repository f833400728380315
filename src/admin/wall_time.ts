// Moments of the server's clock, which only goes forward, as times of day.

import type { Clock } from "../transport/transport.ts";

/** The moment `at` of `clock` in milliseconds since 1970. */
export function wallTime(clock: Pick<Clock, "now">, at: number): number {
  return Math.round(Date.now() - (clock.now() - at));
}

/** Milliseconds since 1970 as ISO 8601 in UTC. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
