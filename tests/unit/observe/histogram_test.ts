// Histograms: each duration is counted once, in the first bucket whose bound it does not pass.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "../../../src/observe/histogram.ts";

test("a duration falls into the first bucket whose bound it does not pass", () => {
  const histogram = new Histogram();
  const { bounds, counts } = histogram;
  for (const [ms, bucket] of [[0, 0], [0.5, 0], [0.6, 1], [1, 1], [10_000, 13], [10_001, 14]]) {
    const before = counts[bucket!]!;
    histogram.observe(ms!);
    assert.equal(counts[bucket!], before + 1, `${ms} ms`);
  }
  assert.equal(counts.length, bounds.length + 1);
  assert.equal(counts.reduce((sum, count) => sum + count), 6);
  assert.ok(Math.abs(histogram.sum - 20.0031) < 1e-9);
});

test("bounds grow", () => {
  const { bounds } = new Histogram();
  assert.deepEqual(bounds, bounds.toSorted((a, b) => a - b));
});
