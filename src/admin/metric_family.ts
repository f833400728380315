// A metric as data: a name and what gives its samples when somebody looks. prom-client writes it as text.

import { type Metric, Registry } from "prom-client";
import type { Histogram } from "../observe/histogram.ts";

/** One number, with its labels. */
export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** The name of the line, where it is not that of the family. */
  readonly metricName?: string;
}

/** What goes by one name. */
interface FamilyName {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What several nodes make of it; unless given, the sum. */
  readonly joined?: "most" | "least";
}

/** All that goes by one name. */
export interface Family extends FamilyName {
  /** Called at each scrape: nothing is kept in between. */
  readonly samples: () => readonly Sample[];
}

/** The same as it was at one moment: plain data. */
export interface SampledFamily extends FamilyName {
  readonly samples: readonly Sample[];
}

/** A number that only grows. */
export function counter(name: string, help: string, value: () => number): Family {
  return { name, help, type: "counter", samples: () => [{ value: value(), labels: {} }] };
}

/** A number that goes up and down. */
export function gauge(
  name: string,
  help: string,
  value: () => number,
  joined?: Family["joined"],
): Family {
  const samples = () => [{ value: value(), labels: {} }];
  return { name, help, type: "gauge", ...(joined === undefined ? {} : { joined }), samples };
}

/** Numbers told apart by one label. */
export function labelled(
  type: "counter" | "gauge",
  name: string,
  help: string,
  label: string,
  values: () => Iterable<readonly [string, number]>,
): Family {
  return {
    name,
    help,
    type,
    samples: () => [...values()].map(([key, value]) => ({ value, labels: { [label]: key } })),
  };
}

/** Durations, told apart by one label where there is more than one histogram. */
export function histograms(
  name: string,
  help: string,
  label: string,
  values: () => Iterable<readonly [string, Histogram]>,
): Family {
  return {
    name,
    help,
    type: "histogram",
    samples: () =>
      [...values()].flatMap(([key, histogram]) =>
        samplesOf(name, histogram, label === "" ? {} : { [label]: key })
      ),
  };
}

/** What a family is now. */
export function sampled(family: Family): SampledFamily {
  return { ...family, samples: family.samples() };
}

/** A registry of these families. */
export function registryOf(families: readonly Family[]): Registry {
  const registry = new Registry();
  for (const { name, help, type, samples } of families) {
    // prom-client's own metrics keep a number each, to be raised as things happen. All it asks of one when it writes is
    // `get()`, and so ours have nothing else.
    const metric = {
      name,
      get: () => Promise.resolve({ name, help, type, values: samples(), aggregator: "sum" }),
    };
    registry.registerMetric(metric as unknown as Metric);
  }
  return registry;
}

function samplesOf(
  name: string,
  { bounds, counts, sum }: Histogram,
  labels: Readonly<Record<string, string>>,
): Sample[] {
  let count = 0;
  const buckets = Array.from(counts, (inBucket, i) => {
    count += inBucket;
    return {
      value: count,
      labels: { ...labels, le: bounds[i] ?? "+Inf" },
      metricName: `${name}_bucket`,
    };
  });
  return [
    ...buckets,
    { value: sum, labels, metricName: `${name}_sum` },
    { value: count, labels, metricName: `${name}_count` },
  ];
}
