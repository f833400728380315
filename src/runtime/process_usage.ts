// What this process uses of the machine, as far as the platform lets it see.

import { readdirSync, readFileSync, statSync } from "node:fs";
import process from "node:process";
import type { ProcessUsage } from "../transport/process_usage.ts";

/** Looks now. Deno shows nothing of /proc/self without all permissions. */
export function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuUserSeconds: user / 1e6,
    cpuSystemSeconds: system / 1e6,
    residentBytes: rss,
    heapBytes: heapUsed,
    // Linux tells the number as a size since 6.2; before, they are counted (less the one that counting takes), which
    // takes 10 ms where there are ten thousand.
    openDescriptors: orNull(() =>
      statSync("/proc/self/fd").size || readdirSync("/proc/self/fd").length - 1
    ),
    maxDescriptors: orNull(() => {
      const limits = readFileSync("/proc/self/limits", "utf8");
      return Number(/^Max open files +(\d+)/m.exec(limits)![1]);
    }),
  };
}

function orNull(look: () => number): number | null {
  try {
    return look();
  } catch {
    return null;
  }
}
