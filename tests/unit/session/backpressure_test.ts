// A peer that sends and does not read: its own answers stop the server from reading it, and nothing is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../server/client.ts";
import { ping, request } from "../server/client.ts";
import { fail } from "../../../src/session/ending.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const KIB = 1024;
const ANSWER_BYTES = 10 * KIB;
const COUNT = 300;
/** Small pieces, so that a client can read little. */
const NETWORK = { segmentBytes: [4 * KIB, 4 * KIB] } as const;

/** A client that has sent 3 MiB of Requests, and reads nothing until it is told. */
function flooding(stage: Stage): Client {
  const client = stage.open();
  client.connection.pause();
  for (let id = 1; id <= COUNT; id++) client.send(request(id, new Uint8Array(ANSWER_BYTES)));
  stage.run(500);
  return client;
}

test("answers that pile up stop the reading, just over the mark", () => {
  const stage = new Stage();
  const { session } = flooding(stage);
  const { outboundBytesHigh } = stage.limits;
  assert.equal(session.inbound.stopped, "held");
  assert(session.outbound.bytes > outboundBytesHigh, `${session.outbound.bytes}`);
  assert(session.outbound.bytes <= outboundBytesHigh + ANSWER_BYTES + 13);
  const served = session.framesReceived;
  assert(served < COUNT / 2, `${served}`);
  stage.run(5000);
  assert.equal(session.framesReceived, served);
});

test("reading goes on when the peer reads, and each Request gets its answer, in order", () => {
  const stage = new Stage();
  const client = flooding(stage);
  client.resume();
  stage.run(5000);
  const answers = Array.from(
    { length: COUNT },
    (_, i) => `response ${i + 1} ${ANSWER_BYTES} bytes`,
  );
  assert.deepEqual(client.heard, answers);
  assert.deepEqual([client.session.inbound.stopped, client.session.stalledSince], ["no", 0]);
});

test("reading goes on only when half of what waited is gone", () => {
  const stage = new Stage({ network: NETWORK });
  const client = flooding(stage);
  const { inbound, outbound } = client.session;
  const served = client.session.framesReceived;
  while (client.session.framesReceived === served) {
    assert.equal(inbound.stopped, "held");
    client.readOnce();
    const before = outbound.bytes;
    stage.run(10);
    if (before > stage.limits.outboundBytesHigh / 2 + 4 * KIB) {
      assert.equal(client.session.framesReceived, served);
    }
  }
  assert(outbound.bytes > stage.limits.outboundBytesHigh / 2 - 8 * KIB, `${outbound.bytes}`);
});

test("a peer that takes no byte while its reading is held is a slow consumer after its time", () => {
  const stage = new Stage();
  const client = flooding(stage);
  const { stalledSince } = client.session;
  assert(stalledSince > 0);
  stage.run(stalledSince + stage.limits.stallTimeoutMs - 1 - stage.now);
  assert.equal(client.session.state, "active");
  stage.run(1 + SLOT_MS + 5);
  assert.deepEqual([...stage.server.counters.closed], [["slow_consumer,server", 1]]);
  assert.equal(client.heard.at(-1), "reset");
  stage.checkEmpty();
});

test("while its reading is held a peer is neither asked nor stale, and its silence begins anew then", () => {
  const stage = new Stage({ network: NETWORK, limits: { heartbeatIntervalMaxMs: 3_600_000 } });
  const client = flooding(stage);
  const { session } = client;
  const { sessionTimeoutMs, heartbeatIntervalMs } = stage.limits;
  // A byte now and then keeps the stall clock from its end, but never brings the queue down to the half.
  const heldUntil = stage.now + 1.5 * sessionTimeoutMs;
  let wakes = 0;
  const { onDeadline } = session;
  session.onDeadline = () => {
    wakes++;
    onDeadline.call(session);
  };
  while (stage.now < heldUntil) {
    client.readOnce();
    stage.run(9000);
    assert.equal(session.inbound.stopped, "held");
  }
  assert.equal(session.heartbeat.pings, 0);
  assert(wakes < 100, `looked at ${wakes} times`);
  client.resume();
  stage.run(1000);
  assert.equal(client.frames.length, COUNT);
  const { heardAt } = session.heartbeat;
  assert(stage.now - heardAt < 1000);
  stage.run(heardAt + heartbeatIntervalMs + SLOT_MS + 5 - stage.now);
  assert.equal(client.heard.at(-1), "ping 1");
});

test("a silence that was ours is not counted: who was held for long is not stale when it ends", () => {
  const stage = new Stage({
    network: NETWORK,
    limits: { heartbeatIntervalMaxMs: 3_600_000 },
    // Few bytes in, many out: all that was asked has come when the reading stops.
    fallback: () => ({
      request: (session, { idHigh, idLow }) =>
        session.answer(idHigh, idLow, new Uint8Array(50 * KIB)),
      notification() {},
    }),
  });
  const client = stage.open();
  client.connection.pause();
  client.send(...Array.from({ length: 15 }, (_, i) => request(i)));
  const { session } = client;
  for (let i = 0; i < 15; i++) {
    stage.run(9000);
    client.readOnce();
  }
  assert.equal(session.inbound.stopped, "held");
  client.resume();
  stage.run(stage.limits.heartbeatIntervalMs / 2);
  assert.equal(client.heard.length, 15);
  assert.deepEqual([session.state, session.heartbeat.pings], ["active", 0]);
});

test("a peer that takes its answers at once is never held, however many there are in a turn", () => {
  const stage = new Stage({
    network: { bufferBytes: 4 * KIB * KIB, segmentBytes: [4 * KIB * KIB, 4 * KIB * KIB] },
  });
  const client = stage.open();
  client.send(...Array.from({ length: 100 }, (_, id) => request(id, new Uint8Array(20 * KIB))));
  stage.world.runUntil(() => client.session.framesReceived > 1);
  assert.deepEqual([client.session.framesReceived, client.session.inbound.stopped], [101, "no"]);
});

test("a million tiny frames in a row are served in slices, between which others get their turn", () => {
  const stage = new Stage();
  const client = stage.open();
  const other = stage.open();
  const pings = new Uint8Array(13 * 5000);
  for (let i = 0; i < 5000; i++) pings.set(ping(i), 13 * i);
  client.send(pings);
  stage.world.runUntil(() => client.session.framesReceived > 1);
  assert.equal(client.session.framesReceived, 1 + 2048);
  assert.equal(client.session.inbound.stopped, "sliced");
  other.send(request(1, "me too"));
  stage.settle();
  assert.deepEqual(other.heard, ["response 1 me too"]);
  assert.equal(client.frames.length, 5000);
  assert.deepEqual(client.frames.map(({ id }) => id), Array.from({ length: 5000 }, (_, i) => i));
});

test("a session that ends while its frames wait serves none of them", () => {
  const stage = new Stage({ limits: { stallTimeoutMs: 60_000 } });
  const client = flooding(stage);
  const { session } = client;
  const served = session.framesReceived;
  stage.app.broadcast(new Uint8Array(2 * 1024 * KIB));
  assert.equal(session.ending!.name, "slow_consumer");
  client.resume();
  stage.run(5000);
  assert.deepEqual([session.framesReceived, session.state], [served, "closed"]);
  stage.checkEmpty();
});

test("a session that fails between two slices serves nothing more, also while its Error waits", () => {
  const stage = new Stage();
  const client = stage.open();
  const { session } = client;
  client.connection.pause();
  client.send(request(1, new Uint8Array(60_000)));
  stage.settle();
  client.send(...Array.from({ length: 3000 }, (_, i) => ping(i)));
  stage.world.runUntil(() => session.inbound.stopped === "sliced");
  const served = session.framesReceived;
  stage.server.enterTurn();
  fail(session, "internal", "A test said so");
  stage.server.leaveTurn();
  assert(!session.outbound.isEmpty);
  stage.run(100);
  assert.equal(session.framesReceived, served);
  client.resume();
  stage.settle();
  assert.deepEqual(client.heard.slice(-3), ["error 0 internal", "fin", "ended"]);
});
