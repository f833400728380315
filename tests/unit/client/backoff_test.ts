// Waits before the next attempt: their bounds, their growth, and what the server asks for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { reconnectDelay } from "../../../src/client/backoff.ts";

const LARGEST = 1 - 2 ** -32;

test("reconnectDelay() draws from half a second up to a ceiling that doubles up to 20 s", () => {
  const ceilings = [1, 2, 4, 8, 16, 20, 20, 20].map((seconds) => seconds * 1000);
  for (const [failures, ceiling] of ceilings.entries()) {
    assert.equal(reconnectDelay(failures, 0), 500);
    assert.equal(Math.round(reconnectDelay(failures, LARGEST)), ceiling);
    assert.equal(reconnectDelay(failures, 0.5), 500 + (ceiling - 500) / 2);
  }
});

test("reconnectDelay() stays at its ceiling after any number of failures", () => {
  assert.equal(Math.round(reconnectDelay(5_000, LARGEST)), 20_000);
});

test("reconnectDelay() never comes sooner than the server asked, and not much later", () => {
  assert.equal(reconnectDelay(9, 0, 3_000), 3_000);
  assert.ok(reconnectDelay(0, LARGEST, 3_000) <= 3_500);
  assert.equal(reconnectDelay(0, 0, 0), 0);
});

test("reconnectDelay() takes no more than an hour for a server's wish", () => {
  assert.equal(reconnectDelay(0, 0, 2 ** 50), 3_600_000);
});
