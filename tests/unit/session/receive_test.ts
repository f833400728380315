// What a session makes of the frames it reads: served, dropped, or the end of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { disconnect, frame, handshake, notification, ping, request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";

test("a Ping is answered with its payload and its request id, whatever that is", () => {
  const stage = new Stage();
  const client = stage.open();
  const payload = Uint8Array.from({ length: 64 }, (_, i) => i);
  client.send(encodeFrame(FrameType.Ping, 0xffff_ffff, 0xffff_fffe, payload), ping(2));
  stage.settle();
  assert.deepEqual(client.frames.map(({ id }) => id), [0xffff_ffff * 2 ** 32 + 0xffff_fffe, 2]);
  assert.deepEqual(client.frames[0]!.payload, payload);
  assert.equal(client.frames[1]!.payload.length, 0);
});

test("a Ping or Pong of 65 bytes is bad_payload, with its id", () => {
  for (const type of [FrameType.Ping, FrameType.Pong]) {
    for (const opened of [true, false]) {
      const stage = new Stage({ handshakeRequired: opened });
      const client = opened ? stage.open() : stage.connect();
      client.send(frame(type, 8, new Uint8Array(65)), request(9));
      stage.settle();
      assert.deepEqual(client.heard, ["error 8 bad_payload", "fin", "ended"]);
    }
  }
});

test("a Disconnect that cannot be read is bad_payload, one with a code is normal", () => {
  const wrong = ["x", "{}", '{"code": "1000"}', '{"code": 1000}' + " ".repeat(9000)];
  for (const json of wrong) {
    const stage = new Stage();
    const client = stage.open();
    client.send(disconnect(json));
    stage.settle();
    assert.deepEqual(client.heard, ["error 0 bad_payload", "fin", "ended"]);
  }
  const stage = new Stage();
  const client = stage.open();
  client.send(disconnect('{"code": 1001, "message": "bye"}'));
  stage.settle();
  assert.deepEqual(client.heard, ["fin", "ended"]);
  assert.deepEqual([...stage.server.counters.closed], [["normal,peer", 1]]);
});

test("frames that only a server sends are counted by type and dropped; the session goes on", () => {
  const stage = new Stage();
  const client = stage.open();
  const unexpected = [
    FrameType.HandshakeAck,
    FrameType.Response,
    FrameType.Broadcast,
    FrameType.Error,
    FrameType.Error,
  ];
  client.send(...unexpected.map((type) => frame(type, 3, "what?")), request(4, "still here"));
  stage.settle();
  assert.deepEqual(client.heard, ["response 4 still here"]);
  const { framesUnexpected, framesReceived } = stage.server.counters;
  const counted = (type: number) => [framesUnexpected[type], framesReceived[type]];
  assert.deepEqual(counted(FrameType.HandshakeAck), [1, 1]);
  assert.deepEqual(counted(FrameType.Response), [1, 1]);
  assert.deepEqual(counted(FrameType.Broadcast), [1, 1]);
  assert.deepEqual(counted(FrameType.Error), [2, 2]);
  assert.equal(framesUnexpected.reduce((sum, count) => sum + count), unexpected.length);
});

test("a Pong that answers no Ping is a sign of life and nothing else", () => {
  const stage = new Stage();
  const client = stage.open();
  client.send(frame(FrameType.Pong, 99, "x"));
  stage.settle();
  assert.deepEqual([client.heard, client.session.state], [[], "active"]);
  assert.equal(stage.server.counters.framesUnexpected[FrameType.Pong], 0);
});

test("a frame that cannot be read ends the session with its code, and its id where it had come", () => {
  const unknown = frame(FrameType.Request, 6);
  unknown[4] = 0x99;
  const large = frame(FrameType.Request, 7, new Uint8Array(101));
  for (
    const [bytes, heard] of [
      [Uint8Array.of(0, 0, 0, 8), "error 0 bad_length"],
      [large, "error 7 frame_too_large"],
      [large.subarray(0, 4), "error 0 frame_too_large"],
      [unknown, "error 6 unknown_type"],
      [unknown.subarray(0, 5), "error 0 unknown_type"],
    ] as const
  ) {
    const stage = new Stage({ limits: { frameBytesMax: 109, handshakeFrameBytesMax: 109 } });
    const client = stage.open();
    client.send(request(5, new Uint8Array(100)), bytes);
    stage.settle();
    assert.deepEqual(client.heard, ["response 5 100 bytes", heard, "fin", "ended"]);
    assert.equal(stage.closed(heard.split(" ")[2] as "bad_length"), 1);
  }
});

test("what stands before a bad frame is served, what stands behind it is not", () => {
  const stage = new Stage();
  const client = stage.open();
  const bad = Uint8Array.of(0, 0, 0, 0);
  client.send(request(1, "a"), notification(2, "b"), bad, request(3, "c"), disconnect());
  stage.settle();
  client.send(request(4, "d"));
  stage.settle();
  const served = ["response 1 a", "response 2 b"];
  assert.deepEqual(client.heard, [...served, "error 0 bad_length", "fin", "ended"]);
  assert.equal(stage.server.counters.framesReceived[FrameType.Request], 1);
});

test("frames and bytes are counted, those of a lingering socket too", () => {
  const stage = new Stage();
  const client = stage.connect();
  client.send(handshake());
  client.send(request(1, "abc"), ping(2), Uint8Array.of(0, 0, 0, 0));
  client.send(new Uint8Array(1000));
  stage.settle();
  const { session } = client;
  assert.deepEqual([session.framesReceived, session.framesSent], [3, 4]);
  const { counters } = stage.server;
  assert.equal(counters.framesSent[FrameType.HandshakeAck], 1);
  assert.equal(counters.framesSent[FrameType.Response], 1);
  assert.equal(counters.framesSent[FrameType.Pong], 1);
  assert.equal(counters.framesSent[FrameType.Error], 1);
  assert.deepEqual([...counters.errors], [["bad_length", 1]]);
  assert.equal(session.bytesReceived, 13 + 16 + 13 + 4 + 1000);
  assert.equal(counters.bytesReceived, session.bytesReceived);
  assert.deepEqual([session.outbound.bytesSent, counters.bytesSent], [
    client.bytesReceived,
    client.bytesReceived,
  ]);
});
