// Connections that end without a Disconnect: what was asked before a FIN is answered, and the log says how it ended.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { frame, handshake, HANDSHAKE_ACK, REQUEST, RESPONSE } from "./frames.ts";
import { connectClient } from "./raw_client.ts";
import { type RunningServer, startServer } from "./running_server.ts";

async function assertLost({ log }: RunningServer): Promise<void> {
  const { name, by } = await log.first("session ended");
  assert.deepEqual([name, by], ["transport_lost", "network"]);
}

test("Handshake, Request and FIN at once: the answers come, then FIN", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  client.send(Buffer.concat([handshake(), frame(REQUEST, 1n, "one"), frame(REQUEST, 2n, "two")]));
  client.finish();
  const { frames, end } = await client.rest();
  assert.deepEqual(
    frames.map(({ type, id, payload }) => [type, id, payload.toString()]),
    [[HANDSHAKE_ACK, 0n, ""], [RESPONSE, 1n, "one"], [RESPONSE, 2n, "two"]],
  );
  assert.equal(end, "fin");
  await assertLost(server);
});

test("an answer longer than the buffers of the system arrives whole after the FIN", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  const payload = Buffer.alloc(15 * 2 ** 20, "payload ");
  client.send(handshake(), frame(REQUEST, 1n, payload));
  client.finish();
  const { frames, end } = await client.rest();
  assert.equal(frames.length, 2);
  assert.ok(frames[1]!.payload.equals(payload));
  assert.equal(end, "fin");
  await assertLost(server);
});

test("a connection that is torn down ends as transport_lost", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  client.reset();
  await assertLost(server);
});

test("a connection without a byte, as load balancers make to look, leaves no line in the log", async (t) => {
  const server = await startServer(t);
  const probe = await connectClient(t, server.port);
  probe.finish();
  await probe.rest();
  await (await connectClient(t, server.port)).shakeHands();
  await server.log.first("session opened");
  assert.deepEqual(server.log.lines.map(({ event }) => event), ["listening", "session opened"]);
});
