// What there is once in a process: what runs here, and its usual metrics as far as the platform tells.

import type { ProcessUsage } from "../transport/process_usage.ts";
import type { About } from "./context.ts";
import { counter, type Family, gauge } from "./metric_family.ts";

/** What runs here. */
export function buildInfo({ version, runtime }: About): Family {
  return {
    name: "tcp_server_build_info",
    help: "What runs here; always 1",
    type: "gauge",
    samples: () => [{ value: 1, labels: { version, runtime } }],
  };
}

/** @param startedAt Milliseconds since 1970. */
export function processMetrics(usage: () => ProcessUsage, startedAt: number): Family[] {
  const { openDescriptors, maxDescriptors } = usage();
  return [
    counter("process_cpu_seconds_total", "CPU time, of user and system together", () => {
      const { cpuUserSeconds, cpuSystemSeconds } = usage();
      return cpuUserSeconds + cpuSystemSeconds;
    }),
    counter(
      "process_cpu_user_seconds_total",
      "CPU time in user mode",
      () => usage().cpuUserSeconds,
    ),
    counter(
      "process_cpu_system_seconds_total",
      "CPU time in the system",
      () => usage().cpuSystemSeconds,
    ),
    gauge("process_start_time_seconds", "When it started, since 1970", () => startedAt / 1000),
    gauge("process_resident_memory_bytes", "Memory in use", () => usage().residentBytes),
    gauge("process_heap_bytes", "The part of it that scripts use", () => usage().heapBytes),
    ...(openDescriptors === null
      ? []
      : [gauge("process_open_fds", "File descriptors in use", () => usage().openDescriptors ?? 0)]),
    ...(maxDescriptors === null
      ? []
      : [gauge("process_max_fds", "File descriptors there may be", () => maxDescriptors)]),
  ];
}
