// What the platform says of the process, asked for at most once a second: ten thousand descriptors take a while to count.

import type { ProcessUsage } from "../transport/process_usage.ts";
import type { Clock } from "../transport/transport.ts";

/** Milliseconds for which one look at the process serves. */
const USAGE_AGE_MS_MAX = 1000;

/** `usage`, called no more often than that. */
export function seldom(clock: Pick<Clock, "now">, usage: () => ProcessUsage): () => ProcessUsage {
  let last: { readonly at: number; readonly usage: ProcessUsage } | null = null;
  return () => {
    const now = clock.now();
    if (last === null || now >= last.at + USAGE_AGE_MS_MAX) last = { at: now, usage: usage() };
    return last.usage;
  };
}
