// The heartbeat of a session in a server: silent peers are asked, and given up, and nobody is asked in step.
// The arithmetic by itself is in heartbeat_times_test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { HEARTBEAT_JITTER } from "../../../src/limits/heartbeat.ts";
import { DEFAULT_LIMITS } from "../../../src/limits/server.ts";
import { frame, handshake, request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const INTERVAL_MS = DEFAULT_LIMITS.heartbeatIntervalMs;
/** A moment that is due, noticed by the timer wheel and told to the client. */
const TOLD_MS = SLOT_MS + 1;

test("a silent peer gets a Ping after each interval, and is stale after its time-out", () => {
  const stage = new Stage();
  const client = stage.open();
  const { heartbeat } = client.session;
  const { heardAt } = heartbeat;
  const runTo = (moment: number) => stage.run(moment - stage.now);
  for (const pings of [1, 2]) {
    const due = heartbeat.nextAt();
    assert.ok(due > heardAt + pings * INTERVAL_MS * (1 - HEARTBEAT_JITTER), `${due}`);
    assert.ok(due < heardAt + pings * (INTERVAL_MS + TOLD_MS), `${due}`);
    runTo(due - 1);
    assert.equal(client.heard.length, pings - 1);
    runTo(due + TOLD_MS);
    assert.deepEqual(client.heard.at(-1), `ping ${pings}`);
  }
  runTo(heardAt + 3 * INTERVAL_MS - 1);
  assert.equal(stage.server.registry.size, 1);
  runTo(heardAt + 3 * INTERVAL_MS + TOLD_MS);
  assert.deepEqual(client.heard.slice(-2), ["error 0 stale", "reset"]);
  assert.equal(client.lastEnd.reconnect, "yes");
  assert.deepEqual([...stage.server.counters.closed], [["stale,server", 1]]);
  assert.deepEqual([...stage.server.counters.errors], [["stale", 1]]);
  stage.checkEmpty();
});

test("while bytes come in a peer is asked once per longest interval at the most", () => {
  const stage = new Stage({ limits: { frameTimeoutMs: 3_600_000 } });
  const client = stage.open();
  const bytes = request(1, "hello");
  const begun = stage.now;
  for (const byte of bytes) {
    stage.run(INTERVAL_MS / 2);
    client.send(Uint8Array.of(byte));
  }
  stage.settle();
  const pings = client.heard.filter((line) => line.startsWith("ping"));
  const longest = DEFAULT_LIMITS.heartbeatIntervalMaxMs * (1 - HEARTBEAT_JITTER);
  assert.ok(pings.length >= 1 && pings.length <= (stage.now - begun) / longest, `${pings.length}`);
  assert.equal(client.heard.at(-1), "response 1 hello");
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
});

test("sessions that were opened at once are not asked in step", () => {
  const stage = new Stage();
  const clients = Array.from({ length: 100 }, () => stage.open());
  const due = clients.map((client) => Math.round(client.session.heartbeat.nextAt() / SLOT_MS));
  assert.ok(new Set(due).size > 30, `${new Set(due).size} moments for 100 sessions`);
});

test("a client's wish for an interval is taken within the server's bounds and told in the ack", () => {
  const wishes = [[20_000, 20_000], [1, 10_000], [-5, 10_000], [9e15, 60_000]] as const;
  for (const [wish, interval] of wishes) {
    const stage = new Stage();
    const client = stage.connect();
    client.send(handshake(`{"heartbeatMs":${wish}}`));
    stage.settle();
    const ack = JSON.parse(new TextDecoder().decode(client.frames[0]!.payload));
    assert.deepEqual([ack.heartbeatMs, ack.timeoutMs], [interval, Math.min(3 * interval, 90_000)]);
    assert.equal(client.session.heartbeat.intervalMs, interval);
  }
});

test("the Pongs of a session tell its round-trip time, and a path that answers in time is asked less", () => {
  const stage = new Stage({ network: { latencyMs: [20, 20] } });
  const client = stage.open();
  client.answersPings = true;
  const { heartbeat } = client.session;
  stage.run(10 * INTERVAL_MS);
  assert.equal(Math.round(heartbeat.roundTrip!.smoothed), 40);
  assert.equal(heartbeat.intervalMs, DEFAULT_LIMITS.heartbeatIntervalMaxMs);
  client.answersPings = false;
  const silentSince = stage.now;
  stage.world.runUntil(() => client.session.ending !== null);
  assert.equal(client.session.ending!.name, "stale");
  assert.ok(stage.now - silentSince <= stage.limits.sessionTimeoutMs + TOLD_MS);
  assert.ok(stage.server.counters.heartbeatsMissed > 0);
});

test("a peer that only listens is stale however much it is sent: sent bytes are no sign of life", () => {
  const stage = new Stage();
  const client = stage.open();
  const { heardAt } = client.session.heartbeat;
  while (stage.now < heardAt + stage.limits.sessionTimeoutMs + TOLD_MS) {
    stage.app.broadcast(new Uint8Array(10));
    stage.run(1000);
  }
  assert.deepEqual(client.heard.slice(-2), ["error 0 stale", "reset"]);
  assert.equal(stage.closed("stale"), 1);
});

test("a stale session is destroyed at once: what waits for it is not flushed", () => {
  const stage = new Stage({ limits: { stallTimeoutMs: 3_600_000 } });
  const client = stage.open();
  client.connection.pause();
  stage.app.broadcast(new Uint8Array(500_000));
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
