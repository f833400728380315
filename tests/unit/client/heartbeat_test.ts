// What the client does about a silent server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../../src/client/heartbeat.ts";

test("Heartbeat asks once after two thirds of the time-out, and gives up at its end", () => {
  const heartbeat = new Heartbeat(90_000, 1_000);
  assert.equal(heartbeat.nextAt, 61_000);
  assert.equal(heartbeat.due(60_999), "nothing");
  assert.equal(heartbeat.due(61_000), "ping");
  assert.equal(heartbeat.due(61_001), "nothing");
  assert.equal(heartbeat.nextAt, 91_000);
  assert.equal(heartbeat.due(90_999), "nothing");
  assert.equal(heartbeat.due(91_000), "dead");
});

test("Heartbeat begins anew with every byte that is heard", () => {
  const heartbeat = new Heartbeat(90_000, 0);
  assert.equal(heartbeat.due(60_000), "ping");
  heartbeat.heard(70_000);
  assert.equal(heartbeat.due(100_000), "nothing");
  assert.equal(heartbeat.nextAt, 130_000);
  assert.equal(heartbeat.due(130_000), "ping");
});
