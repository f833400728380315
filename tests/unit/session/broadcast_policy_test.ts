// What a Broadcast does that finds a slow peer's queue over the high mark, by policy.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeText } from "../../../src/base/text.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import type { BroadcastPolicy } from "../../../src/limits/policies.ts";
import { request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";

const LIMITS = { outboundBytesHigh: 5000, outboundBytesMax: 10_000 };

/** A client that does not read, under a policy, and a way to send it Broadcasts of 1000 bytes by number. */
function deaf(broadcastPolicy: BroadcastPolicy) {
  const stage = new Stage({
    limits: LIMITS,
    network: { bufferBytes: 1000 },
    policies: { broadcastPolicy },
  });
  const client = stage.open();
  client.connection.pause();
  const send = (from: number, to: number) => {
    for (let i = from; i <= to; i++) {
      stage.app.broadcast(encodeText(String(i).padStart(3, "0").padEnd(987, ".")));
    }
  };
  const heard = () =>
    client.frames.map(({ payload }) => Number.parseInt(new TextDecoder().decode(payload)));
  return { stage, client, session: client.session, send, heard };
}

test("drop_oldest: those that waited longest make room, and the session lives", () => {
  const { stage, client, session, send, heard } = deaf("drop_oldest");
  send(1, 100);
  assert.ok(session.outbound.bytes <= LIMITS.outboundBytesHigh);
  assert.equal(session.state, "active");
  client.resume();
  stage.run(1000);
  assert.deepEqual(heard(), [1, 96, 97, 98, 99, 100]);
  assert.equal(stage.server.counters.broadcastsDropped, 94);
});

test("keep_latest: all that wait make room for the last one", () => {
  const { stage, client, send, heard } = deaf("keep_latest");
  send(1, 97);
  client.resume();
  stage.run(1000);
  assert.deepEqual(heard(), [1, 97]);
});

test("disconnect: nothing is dropped, and too much ends the session", () => {
  const { stage, session, send } = deaf("disconnect");
  send(1, 11);
  assert.equal(session.state, "active");
  send(12, 20);
  assert.equal(session.ending!.name, "slow_consumer");
  assert.equal(stage.server.counters.broadcastsDropped, 0);
});

test("answers and what has begun are never dropped", () => {
  const { stage, client, session, send } = deaf("keep_latest");
  send(1, 2);
  client.send(request(7, "answer me"));
  stage.run(10);
  send(3, 50);
  assert.equal(session.state, "active");
  client.resume();
  stage.run(1000);
  const lines = client.heard.map((line) => line.split(" ")[0]);
  assert.equal(lines.filter((line) => line === "response").length, 1);
  assert.equal(lines.at(-1), "broadcast");
});

test("a peer that reads loses nothing under any policy", () => {
  for (const policy of ["disconnect", "drop_oldest", "keep_latest"] as const) {
    const { stage, client, send, heard } = deaf(policy);
    client.resume();
    for (let i = 1; i <= 30; i++) {
      send(i, i);
      stage.run(10);
    }
    assert.equal(heard().length, 30, policy);
  }
});

test("a peer that does not keep up is told in the log, ten times a second at the most", () => {
  const { stage, send } = deaf("drop_oldest");
  send(1, 100);
  const slow = stage.log.filter(({ event }) => event === "slow");
  assert.equal(slow[0]!.fields["policy"], "drop_oldest");
  assert.ok(slow.length > 1);
});

test("whatever waits: dropping keeps the order, the frame that has begun, and all that is no Broadcast", () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 40 }), fc.nat(3000), (kinds, bytes) => {
    const { session } = deaf("disconnect");
    const { outbound } = session;
    kinds.forEach((isBroadcast, i) => {
      const type = isBroadcast ? FrameType.Broadcast : FrameType.Notification;
      outbound.push(encodeFrame(type, 0, i, new Uint8Array(87)));
    });
    outbound.flush();
    const before = outbound.bytes;
    const dropped = outbound.dropBroadcasts(bytes);
    assert.equal(outbound.bytes, before - dropped * 100);
    const broadcasts = kinds.filter((isBroadcast) => isBroadcast).length;
    assert.ok(dropped <= broadcasts);
    assert.ok(outbound.bytes <= bytes || dropped >= broadcasts - 10, "only what has left is left");
  }));
});
