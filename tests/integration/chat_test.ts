// The chat handler: what one client says reaches every client past its Handshake, the one that said it included.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BROADCAST, frame, NOTIFICATION, PING, PONG, REQUEST, RESPONSE } from "./frames.ts";
import { connectClient } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

test("a Notification becomes one Broadcast to everybody past the Handshake", async (t) => {
  const server = await startServer(t, { handler: "chat" });
  const clients = await Promise.all([1, 2, 3].map(() => connectClient(t, server.port)));
  const stranger = await connectClient(t, server.port);
  for (const client of clients) await client.shakeHands();
  clients[0]!.send(frame(NOTIFICATION, 9n, "hello all"));
  for (const client of clients) {
    const { type, id, payload } = await client.next();
    assert.deepEqual([type, id, payload.toString()], [BROADCAST, 0n, "hello all"]);
  }
  stranger.send(frame(PING, 1n));
  assert.equal((await stranger.next()).type, PONG);
});

test("a Request becomes a Broadcast too, and is answered with an empty Response", async (t) => {
  const server = await startServer(t, { handler: "chat" });
  const [asker, listener] = [
    await connectClient(t, server.port),
    await connectClient(t, server.port),
  ];
  await asker.shakeHands();
  await listener.shakeHands();
  asker.send(frame(REQUEST, 5n, "hello?"));
  const got = (await asker.take(2)).map(({ type, id, payload }) => [type, id, payload.toString()]);
  got.sort(([a], [b]) => Number(a) - Number(b));
  assert.deepEqual(got, [[RESPONSE, 5n, ""], [BROADCAST, 0n, "hello?"]]);
  assert.equal((await listener.next()).payload.toString(), "hello?");
});
