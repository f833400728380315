// Metrics of several nodes put together, each as its family says.

import type { Sample, SampledFamily } from "./metric_family.ts";

const JOIN = {
  sum: (a: number, b: number) => a + b,
  most: Math.max,
  least: Math.min,
};

/** One family of each name, out of those of all `parts`. */
export function joinFamilies(parts: readonly (readonly SampledFamily[])[]): SampledFamily[] {
  const byName = Map.groupBy(parts.flat(), ({ name }) => name);
  return [...byName.values()].map((families) => ({
    ...families[0]!,
    samples: joinSamples(families),
  }));
}

/** What of `families` never falls. */
export function onlyCounters(families: readonly SampledFamily[]): SampledFamily[] {
  return families.filter(({ type }) => type !== "gauge");
}

function joinSamples(families: readonly SampledFamily[]): Sample[] {
  const join = JOIN[families[0]!.joined ?? "sum"];
  const joined = new Map<string, Sample>();
  for (const sample of families.flatMap(({ samples }) => samples)) {
    const key = JSON.stringify([sample.metricName, sample.labels]);
    const before = joined.get(key);
    const value = before === undefined ? sample.value : join(before.value, sample.value);
    joined.set(key, { ...sample, value });
  }
  return [...joined.values()];
}
