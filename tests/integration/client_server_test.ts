// The client library against the real server, on the sockets of the runtime that runs the tests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type ClientState, connect, createPool } from "../../client.ts";
import { Relay } from "./client_relay.ts";
import type { Cleanup } from "./program.ts";
import { startServer } from "./running_server.ts";
import { Watched } from "./watched.ts";

const HOST = "127.0.0.1";

/** A client that ends with the test. */
async function connectTo(t: Cleanup, port: number): Promise<Client> {
  const client = await connect({ address: { host: HOST, port }, client: "test/1", user: "ada" });
  t.after(() => client.close());
  return client;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

test("a client's requests are answered, thousands at once and long ones too", async (t) => {
  // As many as a client may have running: what is beyond is refused, not queued.
  const server = await startServer(t, { limits_requests_in_flight: "100000" });
  const client = await connectTo(t, server.port);
  assert.equal(text(await client.request("", "hello")), "hello");
  const texts = Array.from({ length: 5_000 }, (_, index) => `ask ${index}`);
  const answers = await Promise.all(texts.map((ask) => client.request("", ask)));
  assert.deepEqual(answers.map(text), texts);
  const long = new Uint8Array(900_000).map((_, index) => index);
  assert.deepEqual(await client.request("", long), long);
  assert.ok(await client.ping() >= 0);
  await client.close();
  const { name, by } = await server.log.first("session ended");
  assert.deepEqual([name, by], ["normal", "peer"]);
});

test("a client whose connection is reset comes back, and what it asked is answered or said to be lost", async (t) => {
  const server = await startServer(t);
  const relay = await Relay.start(t, server.port);
  const client = await connectTo(t, relay.port);
  await client.ready();
  for (let round = 1; round <= 2; round++) {
    const asked = client.request("", "x").then(text, ({ name }) => name);
    relay.reset();
    assert.match(await asked, /^(x|answer_lost)$/);
    assert.equal(text(await client.request("", "again")), "again");
    assert.equal(relay.connections, round + 1);
  }
});

test("calls made while the server restarts are answered by the next one", async (t) => {
  const first = await startServer(t, { drain_spread: "0s" });
  const relay = await Relay.start(t, first.port);
  const client = await connectTo(t, relay.port);
  const states: ClientState[] = [];
  const watched = new Watched();
  client.on("state", (state) => {
    states.push(state);
    watched.changed();
  });
  await client.ready();
  first.program.signal("SIGTERM");
  const waiting = await watched.until(
    "the client to wait",
    () => states.find(({ state }) => state === "waiting"),
  );
  assert.equal(waiting.state === "waiting" && waiting.reason.name, "draining");
  const answers = [1, 2, 3].map((ask) => client.request("", `${ask}`));
  relay.target = (await startServer(t)).port;
  assert.deepEqual((await Promise.all(answers)).map(text), ["1", "2", "3"]);
});

test("a pool spreads calls over its members and drains", async (t) => {
  const server = await startServer(t);
  const pool = await createPool({ addresses: [{ host: HOST, port: server.port }], size: 4 });
  const asks = Array.from({ length: 400 }, (_, index) => `${index}`);
  const answers = Promise.all(asks.map((ask) => pool.request("", ask)));
  const closed = pool.close();
  assert.deepEqual((await answers).map(text), asks);
  await closed;
  assert.equal((await server.log.many("session ended", 4)).length, 4);
});
