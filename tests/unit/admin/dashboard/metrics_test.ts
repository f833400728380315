// What the dashboard makes of the text of the metrics.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  difference,
  quantile,
  readHistograms,
  total,
} from "../../../../src/admin/dashboard/metrics.js";

const NAME = "tcp_server_request_seconds";

function textOf(...lines: readonly (readonly [labels: string, count: number])[]): string {
  const buckets = lines.map(([labels, count]) => `${NAME}_bucket{${labels}} ${count}`);
  return ["# TYPE x histogram", ...buckets, `${NAME}_sum 1`, `${NAME}_count 9`, ""].join("\n");
}

test("the buckets of all routes are added up, and each stands for itself", () => {
  const text = textOf(
    ['route="a",le="0.001"', 2],
    ['route="a",le="0.01"', 5],
    ['route="a",le="+Inf"', 5],
    ['le="0.001",route="b"', 1],
    ['le="0.01",route="b"', 1],
    ['le="+Inf",route="b"', 2],
  );
  const read = readHistograms(text, [NAME, "tcp_server_other_seconds"]);
  assert.deepEqual(read.get(NAME), { bounds: [0.001, 0.01, Infinity], counts: [3, 3, 1] });
  assert.deepEqual(read.get("tcp_server_other_seconds"), { bounds: [], counts: [] });
});

test("a quantile lies within its bucket; beyond the last bound it is that bound", () => {
  const histogram = { bounds: [1, 2, Infinity], counts: [50, 40, 10] };
  assert.deepEqual([0.25, 0.5, 0.7, 0.9].map((share) => quantile(histogram, share)), [
    0.5,
    1,
    1.5,
    2,
  ]);
  assert.equal(quantile(histogram, 0.99), 2);
});

test("what came on top is the difference, and a restart has none", () => {
  const before = { bounds: [1, Infinity], counts: [3, 1] };
  const after = { bounds: [1, Infinity], counts: [5, 1] };
  assert.deepEqual(difference(after, before), { bounds: [1, Infinity], counts: [2, 0] });
  assert.equal(difference(before, after), null);
  assert.equal(total(after), 6);
});

test("a server that just started has histograms without a bucket, and they subtract", () => {
  const none = { bounds: [], counts: [] };
  const after = { bounds: [1, Infinity], counts: [5, 1] };
  assert.deepEqual(difference(after, none), after);
  assert.equal(total(none), 0);
});
