// One write a turn: what the sessions of a turn are sent is gathered, whatever its size, and nobody waits for another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { chat } from "../../../src/handlers/chat.ts";
import { GATHER_BYTES, GATHER_FRAME_BYTES_MAX } from "../../../src/limits/turn.ts";
import { Counters } from "../../../src/observe/counters.ts";
import { HeldBytes } from "../../../src/session/held_bytes.ts";
import { Gather } from "../../../src/session/gather.ts";
import { Outbound } from "../../../src/session/outbound.ts";
import type { Session } from "../../../src/session/session.ts";
import { frame, ping, request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";
import { decodeSimply } from "../codec/frames.ts";
import { FakeConnection } from "./fake_connection.ts";

/** A queue on a connection that takes all it is given. */
function outbound(gather = new Gather()) {
  const connection = new FakeConnection();
  return {
    connection,
    queue: new Outbound(
      connection,
      { gather, counters: new Counters(), held: new HeldBytes() },
      10_000_000,
    ),
    ids: () => decodeSimply(connection.wire(), 2 ** 24).frames.map(({ id }) => Number(id)),
  };
}

/** Counts the writes to the connection of `session` from now on. */
function writes(session: Session): () => number {
  let count = 0;
  const { connection } = session;
  const write = connection.write;
  connection.write = (bytes, frozen) => {
    count++;
    return write.call(connection, bytes, frozen);
  };
  return () => count;
}

test("pipelined Requests are answered in one write", () => {
  const stage = new Stage();
  const client = stage.open();
  const count = writes(client.session);
  client.send(...Array.from({ length: 500 }, (_, i) => request(i, "hello")), ping(1));
  stage.settle();
  assert.deepEqual([client.frames.length, count()], [501, 1]);
});

test("a turn that reaches many sessions writes once to each, Response and Broadcast together", () => {
  const stage = new Stage({ fallback: chat });
  const clients = Array.from({ length: 20 }, () => stage.open());
  const counts = clients.map((client) => writes(client.session));
  clients[3]!.send(request(1, "a"), request(2, "b"), request(3, "c"));
  stage.settle();
  clients.forEach((client, i) => assert.equal(client.frames.length, i === 3 ? 6 : 3));
  assert.deepEqual(counts.map((count) => count()), new Array(20).fill(1));
});

test("nothing is written before the turn ends", () => {
  const stage = new Stage();
  const client = stage.open();
  const count = writes(client.session);
  stage.server.enterTurn();
  stage.app.broadcast(new Uint8Array(10));
  client.session.send(FrameType.Response, 0, 1, new Uint8Array(10));
  assert.equal(count(), 0);
  stage.server.leaveTurn();
  assert.equal(count(), 1);
});

test("frames that fit are written when the buffer is full, and at the end", () => {
  const { connection, queue, ids } = outbound();
  const size = GATHER_FRAME_BYTES_MAX - 13;
  for (let id = 0; id < 9; id++) queue.send(FrameType.Response, 0, id, new Uint8Array(size));
  assert.deepEqual([connection.writes, connection.taken], [2, 2 * GATHER_BYTES]);
  queue.flush();
  assert.deepEqual([connection.writes, queue.isEmpty], [3, true]);
  assert.deepEqual(ids(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a frame too large to be copied is written from where it is, in its place", () => {
  const { queue, ids } = outbound();
  const sizes = [10, GATHER_FRAME_BYTES_MAX - 12, 10, 5_000_000, 10];
  sizes.forEach((size, id) => queue.send(FrameType.Response, 0, id, new Uint8Array(size)));
  queue.push(frame(FrameType.Broadcast, 5, new Uint8Array(GATHER_FRAME_BYTES_MAX)));
  queue.push(frame(FrameType.Broadcast, 6));
  queue.flush();
  assert.deepEqual(ids(), [0, 1, 2, 3, 4, 5, 6]);
});

test("a session whose turn it is not gathers its small frames when it is flushed", () => {
  const gather = new Gather();
  const [first, second] = [outbound(gather), outbound(gather)];
  first.queue.send(FrameType.Response, 0, 1, new Uint8Array(10));
  for (let id = 0; id < 100; id++) second.queue.send(FrameType.Response, 0, id, new Uint8Array(10));
  assert.equal(second.connection.writes, 0);
  first.queue.flush();
  second.queue.flush();
  assert.deepEqual([first.connection.writes, second.connection.writes], [1, 1]);
  assert.deepEqual(second.ids(), Array.from({ length: 100 }, (_, i) => i));
});

test("a session that is flushed while another holds the buffer writes without it, in order", () => {
  const gather = new Gather();
  const [holder, other] = [outbound(gather), outbound(gather)];
  holder.queue.send(FrameType.Response, 0, 1, new Uint8Array(10));
  for (let id = 0; id < 5; id++) other.queue.send(FrameType.Response, 0, id, new Uint8Array(10));
  other.queue.flush();
  assert.deepEqual(other.ids(), [0, 1, 2, 3, 4]);
  holder.queue.flush();
  assert.deepEqual(holder.ids(), [1]);
});

test("a session that is gone gives the buffer back, and what it had put there with it", () => {
  const gather = new Gather();
  const [gone, next] = [outbound(gather), outbound(gather)];
  gone.queue.send(FrameType.Response, 0, 1, new Uint8Array(10));
  gone.queue.clear();
  next.queue.send(FrameType.Response, 0, 2, new Uint8Array(10));
  for (const { queue } of [gone, next]) queue.flush();
  assert.deepEqual([gone.ids(), next.ids()], [[], [2]]);
});

test("the content is what was put in since the last release, and contents of one size share a view", () => {
  const gather = new Gather();
  const contents = [[1, 2, 3], [4, 5, 6], [7, 8]].map((bytes) => {
    gather.copy(Uint8Array.from(bytes));
    const { content } = gather;
    assert.deepEqual([...content], bytes);
    gather.release();
    return content;
  });
  assert.equal(contents[1], contents[0]);
  assert.notEqual(contents[2], contents[1]);
});
