// How long a frame may take from its first byte to its last.

import assert from "node:assert/strict";
import { test } from "node:test";
import { request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const LIMITS = { frameTimeoutMs: 10_000, heartbeatIntervalMs: 60_000 };

test("a frame that trickles in is frame_timeout when its time has passed, not before", () => {
  const stage = new Stage({ limits: LIMITS });
  const client = stage.open();
  stage.run(stage.limits.handshakeTimeoutMs * 2); // no other deadline is near
  const bytes = request(1, "x".repeat(50));
  client.send(bytes.subarray(0, 1));
  stage.settle();
  const begunAt = client.session.inbound.frameBegunAt;
  for (let i = 1; i < 20; i++) {
    client.send(bytes.subarray(i, i + 1));
    stage.run(500 - 3);
  }
  stage.run(begunAt + LIMITS.frameTimeoutMs - 1 - stage.now);
  assert.deepEqual(client.heard, []);
  stage.run(1 + SLOT_MS + 5);
  assert.deepEqual(client.heard, ["error 0 frame_timeout", "fin", "ended"]);
  assert.equal(client.lastEnd.reconnect, "yes");
  stage.checkEmpty();
});

test("a frame that begins and stops is frame_timeout too, also inside its header", () => {
  for (const length of [1, 4, 13, 20]) {
    const stage = new Stage({ limits: LIMITS });
    const client = stage.open();
    client.send(request(1, "hello, world").subarray(0, length));
    stage.run(LIMITS.frameTimeoutMs + 2 * SLOT_MS);
    assert.deepEqual(client.heard, ["error 0 frame_timeout", "fin", "ended"]);
  }
});

test("a frame that is complete in its time is served, and the next one has a time of its own", () => {
  const stage = new Stage({ limits: LIMITS });
  const client = stage.open();
  const bytes = request(1, "hello");
  for (let round = 0; round < 4; round++) {
    client.send(bytes.subarray(0, 7));
    stage.run(LIMITS.frameTimeoutMs - 100);
    client.send(bytes.subarray(7));
    stage.settle();
    assert.equal(client.heard.length, round + 1);
  }
  stage.run(LIMITS.frameTimeoutMs * 3);
  assert.equal(client.session.state, "active");
});

test("frames that always come cut in two are in time: each piece ends one and begins the next", () => {
  const stage = new Stage({ limits: LIMITS });
  const client = stage.open();
  const bytes = request(1, "hello");
  client.send(bytes.subarray(0, 5));
  for (let round = 0; round < 10; round++) {
    stage.run(LIMITS.frameTimeoutMs - 100);
    client.send(bytes.subarray(5), bytes.subarray(0, 5));
  }
  stage.settle();
  const answers = client.heard.filter((line) => line.startsWith("response"));
  assert.equal(answers.length, 10);
  stage.run(LIMITS.frameTimeoutMs + 2 * SLOT_MS);
  assert.ok(client.heard.includes("error 0 frame_timeout"));
});
