// The metrics of a server with workers: theirs put together, and what there is once.

import { NO_BYTES } from "../../base/bytes.ts";
import type { NodeId } from "../../bus/bus.ts";
import { unseal } from "../../bus/envelope.ts";
import { BUS_DEADLINE_MS } from "../../limits/bus.ts";
import { joinFamilies, onlyCounters } from "../join_families.ts";
import {
  counter,
  type Family,
  labelled,
  registryOf,
  type SampledFamily,
} from "../metric_family.ts";
import type { Scrape } from "../metrics.ts";
import { buildInfo, processMetrics } from "../process_metrics.ts";
import type { Front } from "./front.ts";
import { METRICS } from "./subjects.ts";

/** What a worker answers. */
export interface WorkerMetrics {
  /** Milliseconds since 1970; where it differs, another worker has taken the place of the one before. */
  readonly startedAt: number;
  readonly families: readonly SampledFamily[];
}

/**
 * Every metric of the whole. Prometheus takes a counter that falls for one that began anew, and a worker that crashes or
 * stays silent must not make it count all others again: what it had counted at the last scrape stays in the sums.
 */
export function frontMetrics(front: Front): Scrape {
  const latest: Map<NodeId, WorkerMetrics> = new Map();
  let gone: readonly SampledFamily[] = [];
  async function gather(): Promise<{ families: SampledFamily[]; running: number }> {
    const replies = await front.bus.request(METRICS, NO_BYTES, "all", BUS_DEADLINE_MS);
    const parts = new Map(
      [...latest].map(([node, { families }]) => [node, onlyCounters(families)]),
    );
    for (const { from, message } of replies) {
      const now = unseal<WorkerMetrics>(message);
      const before = latest.get(from);
      if (before !== undefined && before.startedAt !== now.startedAt) {
        gone = joinFamilies([gone, onlyCounters(before.families)]);
      }
      latest.set(from, now);
      parts.set(from, [...now.families]);
    }
    return { families: joinFamilies([gone, ...parts.values()]), running: replies.length };
  }
  const startedAt = front.wall(front.startedAt);
  async function metrics(): Promise<string> {
    const { families, running } = await gather();
    const registry = registryOf([
      ...families.map((family) => ({ ...family, samples: () => family.samples })),
      ...workerMetrics(front, running),
      buildInfo(front.about),
      ...processMetrics(front.usage, startedAt),
    ]);
    return await registry.metrics();
  }
  return { metrics, contentType: registryOf([]).contentType };
}

function workerMetrics({ workers, busDropped }: Front, running: number): Family[] {
  const restarts = workers().reduce((sum, { restarts }) => sum + restarts, 0);
  const down = Math.max(0, workers().length - running);
  return [
    labelled(
      "gauge",
      "tcp_server_workers",
      "Workers: those that answer, and those that do not",
      "state",
      () => [["running", running], ["down", down]],
    ),
    counter(
      "tcp_server_worker_restarts_total",
      "How often a worker was started again",
      () => restarts,
    ),
    counter(
      "tcp_server_bus_dropped_total",
      "Messages between workers that were dropped because one did not keep up",
      busDropped,
    ),
  ];
}
