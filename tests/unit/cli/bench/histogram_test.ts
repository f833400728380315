// Percentiles of a load test: right to one percent, in fixed memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../../../src/base/prng.ts";
import { BenchHistogram } from "../../../../src/cli/bench/histogram.ts";

const SHARES = [0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

function exact(sorted: readonly number[], share: number): number {
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

// A millisecond's worth of many shapes: even, long-tailed, two humps, all alike.
const SHAPES: Readonly<Record<string, (prng: Prng) => number>> = {
  even: (prng) => 0.01 + prng.unit() * 100,
  "long-tailed": (prng) => 0.02 / (1 - prng.unit()) ** 1.5,
  "two humps": (prng) => prng.chance(0.98) ? 0.05 + prng.unit() * 0.01 : 800 + prng.unit() * 400,
  alike: () => 3.14159,
};

for (const [name, draw] of Object.entries(SHAPES)) {
  test(`percentiles of values that are ${name} are right to one percent`, () => {
    const prng = new Prng(7);
    const histogram = new BenchHistogram();
    const values = Array.from({ length: 20_000 }, () => Math.min(draw(prng), 40_000));
    for (const value of values) histogram.record(value);
    values.sort((a, b) => a - b);
    assert.equal(histogram.count, values.length);
    assert.equal(histogram.max, values.at(-1));
    for (const share of SHARES) {
      const wanted = exact(values, share);
      const got = histogram.percentile(share);
      assert.ok(Math.abs(got - wanted) <= wanted * 0.01, `p${share}: ${got} is not ${wanted}`);
    }
  });
}

test("every value from 10 ns to 42 s comes back to half a percent, or to half a unit", () => {
  for (let value = 0.00001; value < 42_000; value *= 1.0037) {
    const histogram = new BenchHistogram();
    histogram.record(value);
    histogram.record(1e6);
    const off = Math.abs(histogram.percentile(0.5) - value);
    assert.ok(off <= Math.max(value * 0.005, 0.0000051), `${value}: off by ${off}`);
  }
});

test("what is out of range is counted at the end of it, and the longest is exact", () => {
  const histogram = new BenchHistogram();
  histogram.record(-1);
  histogram.record(100_000);
  assert.equal(histogram.percentile(0.5), 0);
  assert.ok(Math.abs(histogram.percentile(1) - 42_949) < 430);
  assert.equal(histogram.max, 100_000);
});

test("no values have no percentile, and no percentile is above the longest", () => {
  const histogram = new BenchHistogram();
  assert.equal(histogram.percentile(0.99), 0);
  histogram.record(5.0001);
  assert.ok(histogram.percentile(0.999) <= 5.0001);
});
