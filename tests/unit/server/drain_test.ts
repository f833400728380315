// The shutdown: nobody new, everybody told when to come back, and over when the last socket is gone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { LINGER_BYTES_MAX, LINGER_MS } from "../../../src/limits/lingering.ts";
import { FakeConnection } from "../session/fake_connection.ts";
import { disconnect, notification, ping, request } from "./client.ts";
import { Later } from "./later.ts";
import { SLOT_MS, Stage } from "./stage.ts";

/** Drains, and counts how often that was said to be over. */
function drain(stage: Stage): () => number {
  let drained = 0;
  stage.server.drain(() => drained++);
  return () => drained;
}

test("a server without sessions is drained at once", () => {
  const stage = new Stage();
  assert.equal(drain(stage)(), 1);
  assert.deepEqual([stage.logged("draining"), stage.logged("drained")], [[{ sessions: 0 }], [{}]]);
});

test("nobody is accepted any more", () => {
  const stage = new Stage();
  drain(stage);
  const failed: string[] = [];
  stage.transport.connect(stage.address, () => assert.fail("accepted"), (error) => {
    failed.push(error.message);
  });
  stage.settle();
  assert.equal(failed.length, 1);
  assert.equal(stage.server.isDraining, true);
});

test("every session is told: those past their handshake, Idle ones, and those before it", () => {
  const stage = new Stage({ limits: { idleAfterMs: 1000 } });
  const idle = stage.open();
  stage.run(1100);
  const clients = [idle, stage.open(), stage.connect()];
  const drained = drain(stage);
  stage.settle();
  for (const client of clients) {
    assert.deepEqual(client.heard, ["disconnect 0 draining", "fin", "ended"]);
    assert.deepEqual([client.lastEnd.code, client.lastEnd.reconnect], [1001, "yes"]);
  }
  assert.deepEqual([...stage.server.counters.closed], [["draining,server", 3]]);
  assert.deepEqual([drained(), stage.logged("draining")], [1, [{ sessions: 3 }]]);
  assert.equal(stage.logged("drained").length, 1);
  stage.checkEmpty();
});

test("clients are told to come back evenly over the whole spread, no two at the same time", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const stage = new Stage({ seed, limits: { drainSpreadMs: 30_000 } });
    const clients = Array.from({ length: 50 }, () => stage.open());
    drain(stage);
    stage.settle();
    const times = clients.map((client) => client.lastEnd.retryAfterMs!).sort((a, b) => a - b);
    assert(times[0]! >= 0 && times[0]! < 600 && times[49]! < 30_000, `${times}`);
    for (let i = 1; i < 50; i++) assert(Math.abs(times[i]! - times[i - 1]! - 600) <= 1, `${times}`);
  }
});

test("Requests that run are answered within the grace, and new ones get cancelled", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler });
  const client = stage.open();
  client.send(request(1, "a"));
  stage.settle();
  const drained = drain(stage);
  stage.settle();
  client.send(request(2, "b"), notification(3), ping(4));
  stage.run(5000);
  assert.deepEqual(client.heard, ["disconnect 0 draining", "error 2 cancelled", "pong 4"]);
  assert.equal(stage.server.counters.framesUnexpected[FrameType.Notification], 1);
  assert.equal(stage.server.registry.size, 0);
  later.answer();
  stage.settle();
  assert.deepEqual(client.heard.slice(3), ["response 1 a", "fin", "ended"]);
  assert.equal(drained(), 1);
  stage.checkEmpty();
});

test("what runs longer than the grace is not waited for", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler, limits: { drainGraceMs: 4000 } });
  const client = stage.open();
  client.send(request(1));
  stage.settle();
  const drained = drain(stage);
  stage.run(4000 - 1);
  assert.equal(drained(), 0);
  stage.run(1 + SLOT_MS + 5);
  assert.deepEqual(client.heard, ["disconnect 0 draining", "reset"]);
  assert.equal(drained(), 1);
  stage.checkEmpty();
});

test("what is queued is still sent to a peer that reads, and given up for one that does not", () => {
  const stage = new Stage();
  const [reading, deaf] = [stage.open(), stage.open()];
  for (const client of [reading, deaf]) client.connection.pause();
  for (let i = 0; i < 5; i++) stage.app.broadcast(new Uint8Array(100_000));
  const drained = drain(stage);
  stage.run(1000);
  reading.resume();
  stage.run(1000);
  const broadcast = "broadcast 0 100000 bytes";
  assert.equal(reading.heard.filter((line) => line === broadcast).length, 5);
  assert.equal(reading.heard[1], "disconnect 0 draining", "behind the frame that had begun");
  assert.deepEqual([reading.heard.at(-1), drained()], ["ended", 0]);
  stage.run(stage.limits.drainGraceMs);
  assert.deepEqual([deaf.heard, drained()], [["reset"], 1]);
  stage.checkEmpty();
});

test("a client that does not close holds the shutdown up for two seconds, and no longer", () => {
  const stage = new Stage();
  const [polite, rude] = [stage.open(), stage.open()];
  rude.closesOnFin = false;
  const drained = drain(stage);
  stage.run(LINGER_MS - 1);
  assert.deepEqual([polite.heard.at(-1), rude.heard.at(-1), drained()], ["ended", "fin", 0]);
  stage.run(1 + SLOT_MS + 5);
  assert.deepEqual([rude.heard.at(-1), drained()], ["reset", 1]);
});

test("without grace everybody is told and has two seconds to read it", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler, limits: { drainGraceMs: 0 } });
  const [idle, busy] = [stage.open(), stage.open()];
  busy.send(request(1));
  stage.settle();
  const drained = drain(stage);
  stage.run(SLOT_MS + 5);
  assert.deepEqual(idle.heard, ["disconnect 0 draining", "fin", "ended"]);
  assert.deepEqual([busy.heard, drained()], [["disconnect 0 draining", "reset"], 1]);
});

test("sockets that linger already are waited for too", () => {
  const stage = new Stage();
  const client = stage.open();
  client.closesOnFin = false;
  client.send(disconnect());
  stage.settle();
  const drained = drain(stage);
  stage.settle();
  assert.equal(drained(), 0);
  client.connection.end();
  stage.settle();
  assert.equal(drained(), 1);
  stage.checkEmpty();
});

test("a client's own Disconnect, FIN, reset or bad frame while it drains is no second end", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler });
  const clients = Array.from({ length: 4 }, () => stage.open());
  for (const client of clients) client.send(request(1));
  stage.settle();
  const drained = drain(stage);
  stage.settle();
  clients[0]!.send(disconnect());
  clients[1]!.end();
  clients[2]!.connection.terminate();
  clients[3]!.send(new Uint8Array(4));
  stage.run(100);
  assert.deepEqual(clients.map((client) => client.heard.slice(1)), [
    ["fin", "ended"],
    [],
    ["terminated"],
    ["error 0 bad_length", "fin", "ended"],
  ]);
  assert.deepEqual([...stage.server.counters.closed], [["draining,server", 4]]);
  later.answer();
  stage.settle();
  assert.deepEqual(clients[1]!.heard.slice(1), ["response 1", "fin", "ended"]);
  assert.equal(drained(), 1);
  stage.checkEmpty();
});

test("what comes behind the server's FIN is thrown away, a MiB of it and no more", () => {
  const stage = new Stage();
  const client = stage.open();
  client.closesOnFin = false;
  drain(stage);
  stage.settle();
  const { framesReceived } = client.session;
  client.send(request(1), new Uint8Array(4), new Uint8Array(LINGER_BYTES_MAX - 17));
  stage.run(500);
  assert.deepEqual(client.heard, ["disconnect 0 draining", "fin"]);
  assert.equal(client.session.framesReceived, framesReceived);
  client.send(Uint8Array.of(0));
  stage.settle();
  assert.equal(client.heard.at(-1), "reset");
});

test("a session between two slices of its frames is sent away too, and reads its peer's FIN", () => {
  const stage = new Stage();
  const client = stage.open();
  client.send(...Array.from({ length: 3000 }, (_, i) => ping(i)));
  stage.world.runUntil(() => client.session.inbound.stopped === "sliced");
  const drained = drain(stage);
  stage.settle();
  assert.deepEqual(client.heard.slice(-3), ["disconnect 0 draining", "fin", "ended"]);
  assert.deepEqual([client.frames.length, drained()], [2048 + 1, 1]);
});

test("a second call only says whom to tell", () => {
  const stage = new Stage();
  const client = stage.open();
  const first = drain(stage);
  const second = drain(stage);
  stage.settle();
  assert.deepEqual([first(), second()], [0, 1]);
  assert.deepEqual(client.heard, ["disconnect 0 draining", "fin", "ended"]);
  assert.equal(stage.logged("draining").length, 1);
});

test("a connection that was accepted behind the listener's back is sent away like the others", () => {
  const stage = new Stage();
  drain(stage);
  const connection = new FakeConnection();
  const handler = stage.accept(connection);
  assert.equal(stage.server.registry.size, 0);
  assert.deepEqual([...stage.server.counters.closed], [["draining,server", 1]]);
  assert.equal(connection.wire()[4], 0x05, "a Disconnect");
  handler.onClose("ended");
  stage.checkEmpty();
});
