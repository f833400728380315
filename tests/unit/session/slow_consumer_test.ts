// A peer that is sent to and does not read: what may wait for it, and what is done when that is too much.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const BUFFER_BYTES = 1000;
const LIMITS = { outboundBytesHigh: 5000, outboundBytesMax: 10_000 };
const NETWORK = { bufferBytes: BUFFER_BYTES };

/** A client that does not read, and a way to send it frames of a size. */
function deaf(limits = {}) {
  const stage = new Stage({ limits: { ...LIMITS, ...limits }, network: NETWORK });
  const client = stage.open();
  client.connection.pause();
  const send = (...sizes: number[]) => {
    for (const size of sizes) stage.app.broadcast(new Uint8Array(size - 13));
  };
  return { stage, client, session: client.session, send };
}

test("as many bytes may wait behind the frame being sent as the bound says, and not one more", () => {
  const { stage, client, session, send } = deaf();
  send(1500, 5000, 4999);
  assert.deepEqual([session.outbound.bytes, session.state], [500 + 9999, "active"]);
  send(14);
  assert.equal(session.ending!.name, "slow_consumer");
  assert.deepEqual([...stage.server.counters.closed], [["slow_consumer,server", 1]]);
  client.resume();
  stage.settle();
  assert.deepEqual(client.heard, ["reset"]);
  stage.checkEmpty();
});

test("exactly the bound may wait, and all of it arrives when the peer reads", () => {
  const { stage, client, session, send } = deaf();
  send(1500, 5000, 5000);
  assert.equal(session.outbound.bytes, 500 + 10_000);
  client.resume();
  stage.run(100);
  assert.deepEqual(client.heard, [
    "broadcast 0 1487 bytes",
    "broadcast 0 4987 bytes",
    "broadcast 0 4987 bytes",
  ]);
  assert.equal(session.state, "active");
});

test("an empty queue takes any one frame", () => {
  const { stage, client, session, send } = deaf();
  send(1_000_000);
  assert.equal(session.state, "active");
  client.resume();
  stage.run(3000);
  assert.deepEqual(client.heard, ["broadcast 0 999987 bytes"]);
});

test("a frame at the head of the queue is the one being sent, also before its first byte went", () => {
  const { stage, client, session, send } = deaf();
  send(BUFFER_BYTES, 1_000_000, 5000, 5000);
  assert.equal(session.state, "active");
  send(14);
  assert.equal(session.ending!.name, "slow_consumer");
  client.resume();
  stage.settle();
  assert.equal(client.heard.at(-1), "reset");
});

test("frames larger than the bound fit one behind the other while the peer reads", () => {
  const { stage, client, send } = deaf();
  client.resume();
  for (let i = 0; i < 5; i++) {
    send(20_000);
    stage.run(100);
  }
  assert.equal(client.heard.length, 5);
});

test("many small frames in one turn are no slow consumer's where the peer can take them", () => {
  const stage = new Stage({ limits: LIMITS, network: { bufferBytes: 1_000_000 } });
  const client = stage.open();
  stage.server.enterTurn();
  for (let i = 0; i < 1000; i++) stage.app.broadcast(new Uint8Array(100));
  stage.server.leaveTurn();
  stage.settle();
  assert.equal(client.heard.length, 1000);
});

test("a peer that takes no byte for the stall time is a slow consumer, however little waits", () => {
  const { stage, client, session, send } = deaf();
  send(BUFFER_BYTES + 1);
  const since = stage.now;
  stage.run(stage.limits.stallTimeoutMs - 1);
  assert.equal(session.state, "active");
  stage.run(1 + SLOT_MS + 5);
  assert.equal(stage.logged("session ended")[0]!.name, "slow_consumer");
  assert(stage.now < since + stage.limits.stallTimeoutMs + 2 * SLOT_MS);
  assert.equal(client.heard.at(-1), "reset");
  stage.checkEmpty();
});

test("each byte that is taken starts the stall time anew", () => {
  const { stage, client, session, send } = deaf({ stallTimeoutMs: 2000 });
  send(9000);
  for (let i = 0; i < 9; i++) {
    stage.run(1900);
    client.readOnce();
  }
  assert.equal(session.state, "active");
  stage.run(1900);
  assert.deepEqual([client.heard, session.stalledSince], [["broadcast 0 8987 bytes"], 0]);
  stage.run(10_000);
  assert.equal(session.state, "active");
});

test("the Error of a slow consumer is tried once at the end of a frame, and never inside of one", () => {
  for (const [begun, tries] of [[1, 0], [0, 1]] as const) {
    const { stage, session, send } = deaf({ stallTimeoutMs: 2000 });
    send(BUFFER_BYTES + begun, 2000);
    const written: number[] = [];
    const { connection } = session;
    const write = connection.write;
    connection.write = (bytes, frozen) => {
      written.push(bytes[4]!);
      return write.call(connection, bytes, frozen);
    };
    stage.run(5000);
    assert.deepEqual(written, new Array(tries).fill(FrameType.Error));
    assert.deepEqual([...stage.server.counters.errors], [["slow_consumer", 1]]);
  }
});

test("a slow session costs the others nothing: they get every Broadcast", () => {
  const { stage, client, send } = deaf();
  const others = [stage.open(), stage.open()];
  for (let i = 0; i < 10; i++) {
    send(3000);
    stage.run(10);
  }
  assert.equal(client.session.state, "closed");
  for (const other of others) assert.equal(other.heard.length, 10);
});
