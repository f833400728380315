// The admin API of the running program with two workers: what it says and does is about both of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Administered, startAdministered } from "./admin_client.ts";
import { BROADCAST, DISCONNECT, ERROR, handshake, json } from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { connectClient, type RawClient } from "./raw_client.ts";

/** The kernel chooses which worker a client meets: that none of so many meets one of two does not happen. */
const CLIENTS_MAX = 64;

type Item = Readonly<Record<string, unknown>>;

/** A server with clients on both of its workers. */
async function startBoth(t: Cleanup, settings: Readonly<Record<string, string>> = {}) {
  const administered = await startAdministered(t, { workers: "2", ...settings });
  const clients: RawClient[] = [];
  while (clients.length < CLIENTS_MAX) {
    const client = await connectClient(t, administered.server.port);
    await client.shakeHands({ user: `user-${clients.length}` });
    clients.push(client);
    const { workers } = (await administered.ask("GET /api/v1/server")).body;
    if ((workers as Item[]).every(({ sessions }) => (sessions as number) > 0)) break;
  }
  return { ...administered, clients };
}

/** All items of a list, page by page. */
async function allOf({ ask }: Administered, path: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let cursor = "";;) {
    const { status, body } = await ask(`GET ${path}&limit=2${cursor}`);
    assert.equal(status, 200);
    found.push(...body["items"] as Item[]);
    if (body["nextCursor"] === null) return found;
    cursor = `&cursor=${body["nextCursor"]}`;
  }
}

test("sessions of both workers are one list, in the order in which they came, and each is found by its id", async (t) => {
  const server = await startBoth(t);
  const sessions = await allOf(server, "/api/v1/sessions?sort=createdAt");
  const users = sessions.map(({ user }) => user);
  assert.deepEqual(users.toSorted(), server.clients.map((_, i) => `user-${i}`).toSorted());
  const times = sessions.map(({ createdAt }) => createdAt);
  assert.deepEqual(times, times.toSorted());
  assert.deepEqual(new Set(sessions.map(({ worker }) => worker)), new Set([1, 2]));
  for (const { id, worker } of [sessions[0]!, sessions.at(-1)!]) {
    assert.equal(parseInt((id as string).slice(-4), 16), worker);
    assert.equal((await server.ask(`GET /api/v1/sessions/${id}`)).body["id"], id);
  }
  const { sessions: counted } = (await server.ask("GET /api/v1/server")).body;
  assert.equal((counted as Item)["total"], sessions.length);
});

test("a Broadcast and a kick reach both workers, and listeners hear of both", async (t) => {
  const { ask, clients, url, token } = await startBoth(t);
  const headers = { authorization: `Bearer ${token}` };
  const events = new AbortController();
  t.after(() => events.abort());
  const stream = await fetch(`${url}/api/v1/events`, { headers, signal: events.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = (await reader.read()).value!;
  const matched = clients.length;
  const sent = await ask("POST /api/v1/broadcast", { text: "all" });
  assert.deepEqual(sent.body, { matched, queued: matched, slow: 0 });
  for (const client of clients) assert.equal((await client.next()).type, BROADCAST);
  const kicked = await ask("POST /api/v1/kick", { filter: {} });
  assert.deepEqual(kicked.body, { matched, kicked: matched });
  for (const client of clients) {
    const { frames: [last] } = await client.rest();
    assert.deepEqual([last!.type, json(last!)["name"]], [DISCONNECT, "kicked"]);
  }
  while (heard.split("event: ended").length <= matched) heard += (await reader.read()).value!;
  const closed = await ask("GET /api/v1/closed");
  assert.equal(closed.body["matched"], matched);
});

test("who is banned comes in at no worker", async (t) => {
  const { ask, server } = await startBoth(t);
  await ask("POST /api/v1/bans", { user: "eve" });
  await ask("GET /api/v1/sessions");
  for (let i = 0; i < 16; i++) {
    const eve = await connectClient(t, server.port);
    eve.send(handshake({ user: "eve" }));
    const refusal = await eve.next();
    assert.deepEqual([refusal.type, json(refusal)["name"]], [ERROR, "banned"]);
  }
});

test("the metrics are those of both, with what there is once in a process", async (t) => {
  const { url, token, clients } = await startBoth(t);
  const headers = { authorization: `Bearer ${token}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  for (
    const line of [
      `tcp_server_connections{state="active"} ${clients.length}`,
      `tcp_server_accepted_total ${clients.length}`,
      'tcp_server_workers{state="running"} 2',
      "tcp_server_worker_restarts_total 0",
    ]
  ) {
    assert.ok(text.includes(`\n${line}\n`), `${line} is not in\n${text}`);
  }
  assert.equal(text.split("\nprocess_resident_memory_bytes ").length, 2);
});

test("a drain over HTTP ends both workers, and the program with exit code 0", async (t) => {
  const { server, clients, ask } = await startBoth(t, { drain_grace: "100ms" });
  const { status, body } = await ask("POST /api/v1/drain");
  assert.deepEqual([status, body], [202, { sessions: clients.length }]);
  for (const client of clients) {
    assert.equal(json((await client.rest()).frames.at(-1)!)["name"], "draining");
    client.finish();
  }
  assert.equal(await server.program.exited(), 0);
});
