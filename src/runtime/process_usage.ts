// What this process uses of the machine, as far as the platform lets it see.

import { readdirSync, readFileSync } from "node:fs";
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
    // Less the one that looking takes.
    openDescriptors: orNull(() => readdirSync("/proc/self/fd").length - 1),
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
