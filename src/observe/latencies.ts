// How long things take, counted into buckets.

import { Histogram } from "./histogram.ts";

/** Every duration a server measures. */
export class Latencies {
  /** From admission to the end of the handshake. */
  readonly handshake: Histogram = new Histogram();
  /** From a Ping to its Pong. */
  readonly heartbeat: Histogram = new Histogram();
  /** From a Request to its answer, by route: those that are registered, and `other`. */
  readonly requests: Map<string, Histogram> = new Map();
  /** Calls to the backend, by how they went: ok, refused, failed, timeout. */
  readonly backend: Map<string, Histogram> = new Map();
}

/** The histogram called `key`; made where there is none. Whoever calls bounds the keys. */
export function histogramOf(histograms: Map<string, Histogram>, key: string): Histogram {
  let histogram = histograms.get(key);
  if (histogram === undefined) histograms.set(key, histogram = new Histogram());
  return histogram;
}
