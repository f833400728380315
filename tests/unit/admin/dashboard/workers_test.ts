// What the dashboard says of each worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../../../src/admin/dashboard/workers.js";

test("a worker that runs is its sessions and its lag, one that does not is what it does instead", () => {
  const runs = { node: 1, state: "running", sessions: 1, eventLoopLagMs: 0.25, restarts: 0 };
  const lines = [
    runs,
    { ...runs, state: "draining", restarts: 2 },
    { node: 3, state: "down", sessions: null, eventLoopLagMs: null, restarts: 1 },
  ].map(describe);
  assert.deepEqual(lines, [
    "Worker 1: 1 session, timers at most 0.25 ms late",
    "Worker 1: drains, 1 session, timers at most 0.25 ms late, 2 restarts",
    "Worker 3: is down and is started again, 1 restart",
  ]);
});
