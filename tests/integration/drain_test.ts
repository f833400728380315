// The end of the server: a signal drains it, a second one ends it at once, and no client can hold it.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BROADCAST,
  DISCONNECT,
  type Frame,
  frame,
  handshake,
  json,
  NOTIFICATION,
} from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { connectClient, connectSilent } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

/** What ended sockets may linger, and what a busy machine needs. */
const LINGER_MS = 2000;
const SLACK_MS = 2000;

function assertDraining(frame: Frame): number {
  assert.equal(frame.type, DISCONNECT);
  const { code, name, reconnect, retryAfterMs } = json(frame);
  assert.deepEqual([code, name, reconnect], [1001, "draining", "yes"]);
  return retryAfterMs as number;
}

/** Until the one that listened is gone, the system still takes connections, and may reset them. */
async function assertStopsListening(t: Cleanup, port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const refused = await connectClient(t, port).then(
      (client) => void client.destroy(),
      (error) => error.code === "ECONNREFUSED",
    );
    if (refused) return;
  }
  assert.fail("The server goes on to listen");
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} drains: each session is told when to come back, and the exit code is 0`, async (t) => {
    const server = await startServer(t, { drain_spread: "3s" });
    const clients = await Promise.all([1, 2, 3].map(() => connectClient(t, server.port)));
    for (const client of clients) await client.shakeHands();
    server.program.signal(signal);

    const waits = (await Promise.all(clients.map((client) => client.next()))).map(assertDraining);
    // One in each third of the spread.
    assert.deepEqual(waits.map((wait) => Math.floor(wait / 1000)).sort(), [0, 1, 2]);
    for (const client of clients) assert.deepEqual(await client.rest(), { frames: [], end: "fin" });

    await assertStopsListening(t, server.port);
    for (const client of clients) client.finish();
    assert.equal(await server.program.exited(), 0);

    assert.equal((await server.log.first("draining"))["sessions"], 3);
    for (const line of server.log.of("session ended")) {
      assert.deepEqual([line["name"], line["by"]], ["draining", "server"]);
    }
    assert.equal(server.log.of("session ended").length, 3);
    assert.equal(server.log.lines.at(-1)!.event, "drained");
  });
}

test("a server without sessions ends at once", async (t) => {
  const server = await startServer(t);
  server.program.signal("SIGTERM");
  assert.equal(await server.program.exited(), 0);
});

test("a peer that never closes does not keep the server", async (t) => {
  const server = await startServer(t, { drain_grace: "100ms" });
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  const signalledAt = performance.now();
  server.program.signal("SIGTERM");
  assertDraining(await client.next());
  assert.equal((await client.rest()).end, "fin");
  assert.equal(await server.program.exited(), 0);
  assert.ok(performance.now() - signalledAt < 100 + LINGER_MS + SLACK_MS);
});

test("a peer that never reads does not keep the server", async (t) => {
  const settings = { handler: "chat", outbound_bytes_max: "64MiB", drain_grace: "100ms" };
  const server = await startServer(t, settings);
  const silent = await connectSilent(t, server.port);
  silent.send(handshake());
  await server.log.first("session opened");
  const talker = await connectClient(t, server.port);
  await talker.shakeHands();
  for (let told = 0; told < 20; told++) {
    talker.send(frame(NOTIFICATION, 0n, "x".repeat(512 * 1024)));
    assert.equal((await talker.next()).type, BROADCAST);
  }
  const signalledAt = performance.now();
  server.program.signal("SIGTERM");
  assertDraining(await talker.next());
  talker.finish();
  assert.equal(await server.program.exited(), 0);
  assert.ok(performance.now() - signalledAt < 100 + LINGER_MS + SLACK_MS);
});

test("a second signal ends the server at once, with exit code 1", async (t) => {
  const server = await startServer(t, { drain_grace: "1h" });
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  server.program.signal("SIGTERM");
  assertDraining(await client.next());
  server.program.signal("SIGTERM");
  assert.equal(await server.program.exited(), 1);
});
