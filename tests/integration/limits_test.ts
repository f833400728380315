// What a server with short patience and little room does to those who have neither sent nor read what they should.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DISCONNECT,
  ERROR,
  frame,
  handshake,
  hex,
  json,
  PING,
  PONG,
  REQUEST,
  RESPONSE,
} from "./frames.ts";
import { connectClient } from "./raw_client.ts";
import { assertHeardOut, assertRefused, GARBAGE } from "./refusals.ts";
import { startServer } from "./running_server.ts";

const SERVER_FULL = { code: 1300, name: "server_full", reconnect: "yes" } as const;

test("a peer whose Handshake does not come in time is refused, silent or half-way", async (t) => {
  const server = await startServer(t, { handshake_timeout: "100ms" });
  const silent = await connectClient(t, server.port);
  const halfway = await connectClient(t, server.port);
  halfway.send(hex("00000009 01 000000"));
  for (const client of [silent, halfway]) {
    await assertRefused(client, { code: 1200, name: "handshake_timeout", reconnect: "yes" });
  }
  for (const line of await server.log.many("session ended", 2)) {
    assert.deepEqual([line["name"], line["by"]], ["handshake_timeout", "server"]);
  }
});

test("a frame that has begun and is not complete in time ends the session", async (t) => {
  const server = await startServer(t, { limits_frame_timeout: "100ms" });
  const client = await connectClient(t, server.port);
  client.send(handshake(), hex("00000009 10 000000"));
  await assertRefused(client, { code: 1107, name: "frame_timeout", reconnect: "yes" });
  const { name, by } = await server.log.first("session ended");
  assert.deepEqual([name, by], ["frame_timeout", "server"]);
});

test("a full server says when to come back, also to a peer that keeps sending", async (t) => {
  const server = await startServer(t, { max_connections: "1" });
  const first = await connectClient(t, server.port);
  await first.shakeHands();
  for (const bytes of [handshake(), GARBAGE]) {
    const client = await connectClient(t, server.port);
    client.send(bytes);
    const { retryAfterMs } = json(await assertRefused(client, SERVER_FULL));
    assert.ok(Number.isInteger(retryAfterMs) && (retryAfterMs as number) > 0);
    await assertHeardOut(client);
  }
  for (const { name, by } of await server.log.many("refused", 2)) {
    assert.deepEqual([name, by], ["server_full", "server"]);
  }
});

test("the place of a session that ended is free for the next one", async (t) => {
  const server = await startServer(t, { max_connections: "1" });
  const first = await connectClient(t, server.port);
  await first.shakeHands();
  first.send(frame(DISCONNECT, 0n));
  await first.rest();
  const second = await connectClient(t, server.port);
  await second.shakeHands();
});

test("a silent peer is asked by Ping, and then ended as stale", async (t) => {
  const server = await startServer(t, { heartbeat_interval: "100ms", session_timeout: "300ms" });
  const client = await connectClient(t, server.port);
  const { timeoutMs } = json(await client.shakeHands({}));
  assert.equal(timeoutMs, 300);
  assert.equal((await client.next()).type, PING);
  const { name, by } = await server.log.first("session ended");
  assert.deepEqual([name, by], ["stale", "server"]);
  // Nothing is promised to arrive, but what arrives is this.
  const { frames } = await client.rest();
  for (const frame of frames) {
    if (frame.type === PING) continue;
    assert.equal(frame.type, ERROR);
    assert.deepEqual([json(frame)["code"], json(frame)["name"]], [1201, "stale"]);
  }
});

test("a peer that answers each Ping lives on", async (t) => {
  const server = await startServer(t, { heartbeat_interval: "100ms", session_timeout: "300ms" });
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  for (let answered = 0; answered < 6; answered++) {
    const { type, id, payload } = await client.next();
    assert.equal(type, PING);
    client.send(frame(PONG, id, payload));
  }
  client.send(frame(REQUEST, 1n, "still there"));
  assert.equal((await client.next()).type, RESPONSE);
});
