// Conversations with the echo handler, as a client in another language would have them.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import {
  BROADCAST,
  DISCONNECT,
  type Frame,
  frame,
  handshake,
  HANDSHAKE_ACK,
  hex,
  json,
  NOTIFICATION,
  PING,
  PONG,
  REQUEST,
  RESPONSE,
} from "./frames.ts";
import { connectClient, connectSilent } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

const ID_MAX = 2n ** 64n - 1n;

function assertFrame(actual: Frame, type: number, id: bigint, payload: string): void {
  const { payload: bytes, ...rest } = actual;
  assert.deepEqual({ ...rest, payload: bytes.toString() }, { type, id, payload });
}

test("an empty Handshake gets an empty HandshakeAck with its id", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  client.send(hex("00000009 01 00000000000000ff"));
  assertFrame(await client.next(), HANDSHAKE_ACK, 255n, "");
});

test("a JSON Handshake gets what it needs to know of the server", async (t) => {
  const server = await startServer(t, { node: "here", heartbeat_interval: "20s" });
  const client = await connectClient(t, server.port);
  const ack = json(await client.shakeHands({ protocol: 1, client: "test/1", later: "ignored" }));
  const { session, ...rest } = ack;
  assert.deepEqual(rest, {
    protocol: 1,
    node: "here",
    server: `tcp-server/${packageJson.version}`,
    heartbeatMs: 20_000,
    timeoutMs: 60_000,
    frameBytesMax: 16_777_216,
    features: [],
  });
  const opened = await server.log.first("session opened");
  assert.match(
    session as string,
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.equal(opened["session"], session);
  assert.equal(opened["client"], "test/1");
});

test("a client that speaks a later protocol is answered with 1", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  assert.equal(json(await client.shakeHands({ protocol: 2 }))["protocol"], 1);
});

test("Requests and Notifications are echoed with their ids, up to the highest", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  for (const id of [0n, 1n, 2n ** 53n + 1n, ID_MAX]) {
    client.send(frame(REQUEST, id, "question"), frame(NOTIFICATION, id, "news"));
    assertFrame(await client.next(), RESPONSE, id, "question");
    assertFrame(await client.next(), RESPONSE, id, "news");
  }
});

test("a Ping is answered before and after the Handshake", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  client.send(frame(PING, 7n, "before"));
  assertFrame(await client.next(), PONG, 7n, "before");
  await client.shakeHands();
  client.send(frame(PING, ID_MAX, "x".repeat(64)));
  assertFrame(await client.next(), PONG, ID_MAX, "x".repeat(64));
});

test("frames that nobody expects are dropped, and the session goes on", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  client.send(frame(BROADCAST, 1n, "no"), frame(RESPONSE, 2n, "no"), frame(HANDSHAKE_ACK, 3n));
  client.send(frame(REQUEST, 4n, "yes"));
  assertFrame(await client.next(), RESPONSE, 4n, "yes");
});

test("payloads of 1 MiB and of the most that a frame holds come back unchanged", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  for (const size of [2 ** 20, 2 ** 24 - 9]) {
    const payload = Buffer.alloc(size, "0123456789abcde\n!");
    client.send(frame(REQUEST, 1n, payload));
    const answer = await client.next();
    assert.equal(answer.type, RESPONSE);
    assert.ok(answer.payload.equals(payload));
  }
});

test("20 000 Requests in one write are answered in their order", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  const ids = Array.from({ length: 20_000 }, (_, index) => BigInt(index));
  client.send(Buffer.concat([handshake(), ...ids.map((id) => frame(REQUEST, id, `text ${id}`))]));
  assert.equal((await client.next()).type, HANDSHAKE_ACK);
  const answers = await client.take(ids.length);
  ids.forEach((id, index) => assertFrame(answers[index]!, RESPONSE, id, `text ${id}`));
});

test("a client that asks much before it reads gets every answer in its order", async (t) => {
  const server = await startServer(t);
  const client = await connectSilent(t, server.port);
  const payload = Buffer.alloc(1024, "more than the buffers between the two hold ");
  const ids = Array.from({ length: 20_000 }, (_, index) => BigInt(index));
  client.send(Buffer.concat([handshake(), ...ids.map((id) => frame(REQUEST, id, payload))]));
  // Meanwhile the server serves others, until it can send no more and stops to read.
  const other = await connectClient(t, server.port);
  await other.shakeHands();
  for (const id of ids.slice(0, 500)) {
    other.send(frame(PING, id));
    await other.next();
  }
  client.read();
  assert.equal((await client.next()).type, HANDSHAKE_ACK);
  const answers = await client.take(ids.length);
  ids.forEach((id, index) => assert.equal(answers[index]!.id, id));
  assert.ok(answers.every((answer) => answer.type === RESPONSE && payload.equals(answer.payload)));
});

test("a conversation that arrives byte by byte is the same conversation", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  const conversation = Buffer.concat([
    handshake({ client: "slow/1" }),
    frame(REQUEST, ID_MAX, "one"),
    frame(PING, 2n, "two"),
    frame(NOTIFICATION, 3n, "three"),
    frame(DISCONNECT, 4n),
  ]);
  for (const byte of conversation) await client.sendOut(Uint8Array.of(byte));
  const { frames, end } = await client.rest();
  assert.equal(frames[0]!.type, HANDSHAKE_ACK);
  assertFrame(frames[1]!, RESPONSE, ID_MAX, "one");
  assertFrame(frames[2]!, PONG, 2n, "two");
  assertFrame(frames[3]!, RESPONSE, 3n, "three");
  assert.equal(frames.length, 4);
  assert.equal(end, "fin");
});

test("a Disconnect ends the session as normal", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  await client.shakeHands({ user: "ann" });
  client.send(frame(REQUEST, 1n, "last"), frame(DISCONNECT, 0n));
  const { frames, end } = await client.rest();
  assert.equal(frames.length, 1);
  assertFrame(frames[0]!, RESPONSE, 1n, "last");
  assert.equal(end, "fin");
  const ended = await server.log.first("session ended");
  const { user, name, by, framesReceived, framesSent } = ended;
  assert.deepEqual(
    { user, name, by, framesReceived, framesSent },
    { user: "ann", name: "normal", by: "peer", framesReceived: 3, framesSent: 2 },
  );
});

test("a server without a required Handshake answers a first frame of any type", async (t) => {
  const server = await startServer(t, { handshake_required: "false" });
  const client = await connectClient(t, server.port);
  const large = "x".repeat(10_000);
  client.send(frame(REQUEST, 1n, large));
  assertFrame(await client.next(), RESPONSE, 1n, large);
});
