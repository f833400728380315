// The heartbeat: when a silent peer is asked, and when it is given up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { staleAfterMs } from "../../../src/session/heartbeat.ts";
import { DEFAULT_LIMITS } from "../../../src/limits/server.ts";
import { frame, request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const INTERVAL_MS = DEFAULT_LIMITS.heartbeatIntervalMs;
/** A moment that is due, noticed by the timer wheel and told to the client. */
const TOLD_MS = SLOT_MS + 1;

test("a session is stale after three heartbeats, and never later than the time-out", () => {
  const after = (heartbeatIntervalMs: number, sessionTimeoutMs: number) =>
    staleAfterMs({ ...DEFAULT_LIMITS, heartbeatIntervalMs, sessionTimeoutMs });
  assert.deepEqual([after(30, 90), after(30, 100), after(30, 50)], [90, 90, 50]);
});

test("a silent peer gets a Ping after each interval, and is stale after the third", () => {
  const stage = new Stage();
  const client = stage.open();
  const { heardAt } = client.session.heartbeat;
  const runTo = (moment: number) => stage.run(moment - stage.now);
  runTo(heardAt + INTERVAL_MS);
  assert.deepEqual(client.heard, []);
  runTo(heardAt + INTERVAL_MS + TOLD_MS);
  assert.deepEqual(client.heard, ["ping 1"]);
  runTo(heardAt + 2 * INTERVAL_MS);
  assert.deepEqual(client.heard, ["ping 1"]);
  runTo(heardAt + 2 * INTERVAL_MS + 2 * TOLD_MS);
  assert.deepEqual(client.heard, ["ping 1", "ping 2"]);
  runTo(heardAt + 3 * INTERVAL_MS - 1);
  assert.deepEqual([client.heard.length, stage.server.registry.size], [2, 1]);
  runTo(heardAt + 3 * INTERVAL_MS + TOLD_MS);
  assert.deepEqual(client.heard, ["ping 1", "ping 2", "error 0 stale", "reset"]);
  assert.equal(client.lastEnd.reconnect, "yes");
  assert.deepEqual([...stage.server.counters.closed], [["stale,server", 1]]);
  assert.deepEqual([...stage.server.counters.errors], [["stale", 1]]);
  stage.checkEmpty();
});

test("the time-out ends a session before its third heartbeat where it is shorter", () => {
  const stage = new Stage({ limits: { sessionTimeoutMs: 50_000 } });
  const client = stage.open();
  const { heardAt } = client.session.heartbeat;
  stage.run(heardAt + 50_000 - 1 - stage.now);
  assert.deepEqual(client.heard, ["ping 1"]);
  stage.run(1 + TOLD_MS);
  assert.deepEqual(client.heard, ["ping 1", "error 0 stale", "reset"]);
});

test("while bytes come in there is no Ping, even where they are no whole frame yet", () => {
  const stage = new Stage({ limits: { frameTimeoutMs: 3_600_000 } });
  const client = stage.open();
  for (const byte of request(1, "hello")) {
    stage.run(INTERVAL_MS - 10);
    client.send(Uint8Array.of(byte));
  }
  stage.settle();
  assert.deepEqual(client.heard, ["response 1 hello"]);
});

test("a peer that answers Pings, or sends any byte, lives on", () => {
  const stage = new Stage();
  const [answering, sending] = [stage.open(), stage.open()];
  answering.answersPings = true;
  for (let i = 0; i < 20; i++) {
    stage.run(INTERVAL_MS);
    sending.send(frame(FrameType.Response, 1));
  }
  assert.equal(stage.server.registry.size, 2);
  assert.deepEqual(answering.heard, Array.from({ length: 19 }, (_, i) => `ping ${i + 1}`));
});

test("a Ping that nobody answers is followed by the next one interval later, also after a busy time", () => {
  const stage = new Stage();
  const client = stage.open();
  stage.run(INTERVAL_MS + TOLD_MS);
  client.send(request(1));
  stage.settle();
  stage.run(INTERVAL_MS - 50);
  assert.deepEqual(client.heard, ["ping 1", "response 1"]);
  stage.run(TOLD_MS + 50);
  assert.deepEqual(client.heard, ["ping 1", "response 1", "ping 2"]);
});

test("a peer that only listens is stale however much it is sent: sent bytes are no sign of life", () => {
  const stage = new Stage();
  const client = stage.open();
  const { heardAt } = client.session.heartbeat;
  while (stage.now < heardAt + stage.limits.sessionTimeoutMs + TOLD_MS) {
    stage.server.broadcast(new Uint8Array(10));
    stage.run(1000);
  }
  assert.deepEqual(client.heard.slice(-2), ["error 0 stale", "reset"]);
  assert.equal(stage.closed("stale"), 1);
});

test("a stale session is destroyed at once: what waits for it is not flushed", () => {
  const stage = new Stage({ limits: { stallTimeoutMs: 3_600_000 } });
  const client = stage.open();
  client.connection.pause();
  stage.server.broadcast(new Uint8Array(500_000));
  stage.world.runUntil(() => client.session.state === "disconnecting");
  assert.equal(client.session.ending!.name, "stale");
  stage.settle();
  assert.equal(client.session.state, "closed");
  assert.equal(stage.logged("session ended")[0]!.name, "stale");
  assert(client.session.outbound.bytesSent < 100_000, `${client.session.outbound.bytesSent}`);
  stage.checkEmpty();
});

test("a black hole in the network is noticed, and nothing is left of the session", () => {
  const stage = new Stage();
  const client = stage.open();
  stage.world.streamOf(client.connection).cut();
  stage.run(stage.limits.sessionTimeoutMs + TOLD_MS);
  assert.deepEqual([client.heard, stage.closed("stale")], [[], 1]);
  assert.deepEqual([client.session.state, stage.world.timers], ["closed", 0]);
});
