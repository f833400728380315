// What the dashboard remembers of the last five minutes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { History, WINDOW_MS } from "../../../../src/admin/dashboard/history.js";

const PER_SECOND = { perMs: 1000, overMs: 0 };

/** A history of samples `[at, uptimeMs, count]`. */
function historyOf(
  ...samples: readonly (readonly [at: number, uptimeMs: number, count: number])[]
) {
  const history = new History();
  for (const [at, uptimeMs, count] of samples) history.add({ uptimeMs, count }, at);
  return history;
}

const count = (server: { count: number }) => server.count;

test("values are those of the window, older ones are forgotten", () => {
  const history = historyOf([0, 1, 7], [1000, 1001, 8], [WINDOW_MS + 1000, WINDOW_MS + 1001, 9]);
  assert.deepEqual(history.values(count), [[1000, 8], [WINDOW_MS + 1000, 9]]);
});

test("a rate is the difference to the sample before, however long ago that was", () => {
  const history = historyOf([0, 1000, 10], [2000, 3000, 30], [12_000, 13_000, 40]);
  assert.deepEqual(history.rates(count, PER_SECOND), [[2000, 10], [12_000, 1]]);
});

test("a rate over a while is the difference to the first sample within it", () => {
  const history = historyOf([0, 1000, 0], [2000, 3000, 1], [4000, 5000, 1], [6000, 7000, 4]);
  const rates = history.rates(count, { perMs: 60_000, overMs: 4000 });
  assert.deepEqual(rates, [[2000, 30], [4000, 15], [6000, 45]]);
});

test("a restart of the server is no rate", () => {
  const history = historyOf([0, 5000, 90], [2000, 500, 3], [4000, 2500, 5]);
  assert.deepEqual(history.rates(count, PER_SECOND), [[2000, null], [4000, 1]]);
});
