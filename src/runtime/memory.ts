// How much memory this process may use.

import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import process from "node:process";

/**
 * Where Linux tells the limit of the control group that a container runs in: version 2, and version 1. Deno lets a
 * program read neither unless it may do everything, and tells the limit itself, as `constrainedMemory`.
 */
const CGROUP_LIMITS = [
  "/sys/fs/cgroup/memory.max",
  "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

/** Bytes: the machine's memory, or less where a control group says so. */
export function memoryBytes(): number {
  const constrained = process.constrainedMemory() || Infinity;
  return Math.min(totalmem(), constrained, ...CGROUP_LIMITS.map(limitIn));
}

// A missing file, and the word `max`, are no limit.
function limitIn(file: string): number {
  try {
    return Number(readFileSync(file, "utf8")) || Infinity;
  } catch {
    return Infinity;
  }
}
