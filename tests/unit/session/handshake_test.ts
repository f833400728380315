// The beginning of a session: what may come first, how it is answered, and how long the server waits for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { disconnect, frame, handshake, ping, request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

test("an empty Handshake is answered with an empty HandshakeAck of the same id", () => {
  const stage = new Stage();
  const client = stage.connect();
  client.send(frame(FrameType.Handshake, 77));
  stage.settle();
  assert.deepEqual(client.heard, ["handshake_ack 77"]);
  assert.equal(client.frames[0]!.payload.length, 0);
  assert.equal(client.session.state, "active");
  assert.deepEqual(stage.logged("session opened"), [
    { session: client.session.id, address: addressOf(client.session.peer) },
  ]);
});

test("a JSON Handshake is answered with what applies to this session", () => {
  const stage = new Stage({
    limits: { heartbeatIntervalMs: 20_000, sessionTimeoutMs: 45_000, frameBytesMax: 1_000_000 },
  });
  const client = stage.connect();
  client.send(handshake('{"protocol": 9, "client": "meter/2", "user": "ann", "tags": {"a": "b"}}'));
  stage.settle();
  assert.deepEqual(JSON.parse(decodeText(client.frames[0]!.payload)!), {
    protocol: 1,
    session: client.session.id,
    node: "node-1",
    server: "tcp-server/test",
    heartbeatMs: 20_000,
    timeoutMs: 45_000,
    frameBytesMax: 1_000_000,
    features: [],
  });
  assert.match(client.session.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  assert.deepEqual([client.session.client, client.session.user], ["meter/2", "ann"]);
  assert.deepEqual(client.session.tags, { a: "b" });
  assert.deepEqual(stage.logged("session opened"), [{
    session: client.session.id,
    address: addressOf(client.session.peer),
    user: "ann",
    client: "meter/2",
  }]);
});

test("the timeout told in a HandshakeAck is three heartbeats where those are shorter", () => {
  const stage = new Stage({ limits: { heartbeatIntervalMs: 7_000 } });
  const client = stage.connect();
  client.send(handshake("{}"));
  stage.settle();
  assert.equal(JSON.parse(decodeText(client.frames[0]!.payload)!).timeoutMs, 21_000);
});

test("a Handshake that cannot be read is refused with its id, and the session ends", () => {
  for (
    const [json, name] of [
      ["[]", "bad_handshake"],
      ['{"user": 1}', "bad_handshake"],
      ['{"protocol": 0}', "unsupported_version"],
    ] as const
  ) {
    const stage = new Stage();
    const client = stage.connect();
    client.send(frame(FrameType.Handshake, 5, json), request(6));
    stage.settle();
    assert.deepEqual(client.heard, [`error 5 ${name}`, "fin", "ended"]);
    assert.equal(client.lastEnd.reconnect, "no");
    assert.deepEqual([...stage.server.counters.closed], [[`${name},server`, 1]]);
    stage.checkEmpty();
  }
});

test("a second Handshake ends the session", () => {
  const stage = new Stage();
  const client = stage.open();
  client.send(frame(FrameType.Handshake, 9), request(10));
  stage.settle();
  assert.deepEqual(client.heard, ["error 9 bad_handshake", "fin", "ended"]);
});

test("before the handshake a Ping is answered, and does not make a session", () => {
  const stage = new Stage();
  const client = stage.connect();
  client.send(ping(3, "hello"));
  stage.settle();
  assert.deepEqual(client.heard, ["pong 3 hello"]);
  assert.equal(client.session.state, "connecting");
  client.send(handshake());
  stage.settle();
  assert.equal(client.session.state, "active");
});

test("before the handshake a Disconnect ends the session as normal", () => {
  const stage = new Stage();
  const client = stage.connect();
  client.send(disconnect(), handshake());
  stage.settle();
  assert.deepEqual(client.heard, ["fin", "ended"]);
  assert.deepEqual([...stage.server.counters.closed], [["normal,peer", 1]]);
});

test("before the handshake any other frame is refused, with its id", () => {
  const others = [
    FrameType.HandshakeAck,
    FrameType.Pong,
    FrameType.Request,
    FrameType.Response,
    FrameType.Notification,
    FrameType.Broadcast,
    FrameType.Error,
  ];
  for (const type of others) {
    const stage = new Stage();
    const client = stage.connect();
    client.send(frame(type, 4), handshake());
    stage.settle();
    assert.deepEqual(client.heard, ["error 4 handshake_required", "fin", "ended"]);
  }
});

test("the handshake times out when its time has passed, not before, and Pings do not extend it", () => {
  const stage = new Stage();
  const client = stage.connect();
  const { createdAt } = client.session;
  client.send(handshake("{}").subarray(0, 12));
  const pinging = stage.connect();
  for (let id = 1; id <= 4; id++) {
    stage.run(1000);
    pinging.send(ping(id));
  }
  stage.run(createdAt + stage.limits.handshakeTimeoutMs - stage.now - 1);
  assert.deepEqual([client.heard, stage.server.registry.size], [[], 2]);
  stage.run(1 + SLOT_MS + 10);
  assert.deepEqual(client.heard, ["error 0 handshake_timeout", "fin", "ended"]);
  assert.equal(client.lastEnd.reconnect, "yes");
  assert.deepEqual(pinging.heard.slice(4), ["error 0 handshake_timeout", "fin", "ended"]);
  stage.checkEmpty();
});

test("a session past its handshake does not time out by it", () => {
  const stage = new Stage();
  const client = stage.open();
  stage.run(stage.limits.handshakeTimeoutMs * 2);
  assert.deepEqual([client.heard, client.session.state], [[], "active"]);
});

test("frames before the handshake have the tighter bound, frames after it the wider one", () => {
  const stage = new Stage();
  const over = stage.connect();
  over.send(frame(FrameType.Handshake, 1, new Uint8Array(8192 - 9 + 1)).subarray(0, 4));
  stage.settle();
  assert.deepEqual(over.heard, ["error 0 frame_too_large", "fin", "ended"]);
  const within = stage.connect();
  within.send(handshake("{" + " ".repeat(8192 - 9 - 2) + "}"), request(2, new Uint8Array(20_000)));
  stage.settle();
  assert.equal(within.heard[1], "response 2 20000 bytes");
});

function addressOf({ host, port }: { host: string; port: number }): string {
  return `${host}:${port}`;
}
