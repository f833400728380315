// A day of coming and going in virtual time: what the server holds after its second hour is what it holds after its last.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Feature } from "../../src/client/handshake.ts";
import type { AdminStage } from "../unit/admin/admin_stage.ts";
import { Day, type DayNode } from "./day.ts";
import { opened, visits } from "./guests.ts";
import { type Census, census } from "./heap.ts";

const HOUR_MS = 60 * 60 * 1000;
const HOURS = 24;

/** Sessions an hour of each manner there is: about 130 in all. */
const OF_EACH_MANNER = 10;

/** The hours between the two times at which everything is counted. */
const WATCHED_HOURS = HOURS - 2;

/**
 * How many more of one kind there may be at the second time. An engine compiles, and Bun's collector takes what only
 * looks like a pointer for one; what is left behind once by each session of a single manner is four times as much.
 */
const MORE_MAX = WATCHED_HOURS * OF_EACH_MANNER / 4;

/** The same in bytes, of all kinds together: for what is no object of its own. A table of an engine may double once. */
const BYTES_MORE_MAX = 256 * 1024;

test("24 hours in which sessions come and go leave the server as large as it was", () => live(1));

// A third node would remember for a while, within bounds, what the other two tell each other.
test("24 hours in which sessions go from node to node leave both as large as they were", () =>
  live(2));

async function live(nodes: number): Promise<void> {
  // The first time it brings to life what it works with itself.
  await census();
  const day = await Day.begin(nodes);
  const features: Feature[][] = [["routes", "resume"], ["routes"], []];
  const residents = features.map((wanted, i) => opened(day, `resident ${i}`, wanted));
  for (const hour of [0, 1]) await oneHour(day, hour);
  const sizes = day.nodes.map(sizesOf);
  // One text, whose size is known: it is counted too the next time.
  const before = JSON.stringify([...await census()]);
  for (let hour = 2; hour < HOURS; hour++) {
    await oneHour(day, hour);
    assert.deepEqual(day.nodes.map(sizesOf), sizes, `after ${hour + 1} hours`);
  }
  const after = await census();
  assert.deepEqual(grown(new Map(JSON.parse(before)), after, before.length), []);
  await Promise.all([
    ...residents.map(({ client }) => client.close()),
    day.passUntil(HOURS * HOUR_MS + 60_000),
  ]);
  await leave(day);
}

/** An hour; who came is gone when it is over, and so is what was kept for those who did not come back. */
async function oneHour(day: Day, hour: number): Promise<void> {
  let ended: unknown = "Somebody has not left";
  visits(day, hour, OF_EACH_MANNER).then(() => ended = null, (error) => ended = error);
  await day.passUntil((hour + 1) * HOUR_MS);
  if (ended !== null) throw ended;
  for (const { stage } of day.nodes) {
    await lookAround(stage);
    // Who was here is remembered on purpose, within bounds that a day like this does not reach.
    const { closed, moves } = stage.context.history;
    assert(closed.length > 0 && moves.length > 0);
    closed.clear();
    moves.clear();
  }
}

/** What people do at night with the admin API. */
async function lookAround(stage: AdminStage): Promise<void> {
  for (
    const path of [
      "/api/v1/sessions",
      "/api/v1/closed",
      "/api/v1/groups",
      "/api/v1/users/resident%200/timeline",
      "/metrics",
    ]
  ) {
    assert.equal((await stage.ask(`GET ${path}`)).status, 200, path);
  }
  await stage.ask("GET /api/v1/server", { token: "wrong-token-of-somebody", from: "10.0.0.1" });
  const events = await stage.fetch("GET /api/v1/events");
  await stage.ask("POST /api/v1/broadcast", { body: { text: "Good night" } });
  await events.body!.cancel();
}

function sizesOf({ stage, disk, joined }: DayNode) {
  const { app, server, context, world } = stage;
  return {
    sessions: server.registry.size,
    waiting: server.waiting.registry.size,
    users: server.users.size,
    addresses: server.admission.addresses,
    groups: app.groups.size,
    held: { ...server.held },
    listeners: context.events.listeners,
    kept: disk.rows.size,
    elsewhere: joined === null ? 0 : joined.away + joined.parted,
    timers: world.timers,
    streams: world.openStreams.size,
  };
}

/** What there is more of than there may be; `ownBytes` are the test's own. */
function grown(before: Census, after: Census, ownBytes: number): string[] {
  const found: string[] = [];
  let bytesMore = -ownBytes;
  for (const [kind, { count, bytes }] of after) {
    const { count: countBefore, bytes: bytesBefore } = before.get(kind) ?? { count: 0, bytes: 0 };
    bytesMore += bytes - bytesBefore;
    if (count - countBefore > MORE_MAX) found.push(`${count - countBefore} more of "${kind}"`);
  }
  if (bytesMore > BYTES_MORE_MAX) found.push(`${bytesMore} bytes more`);
  return found;
}

async function leave({ nodes, world }: Day): Promise<void> {
  await Promise.all(nodes.map(({ stage }) => stage.app.drain()));
  for (const { stage: { app, server, context } } of nodes) {
    context.close();
    assert.deepEqual([server.held.outbound, server.held.inbound], [0, 0]);
    assert.deepEqual([server.registry.size, server.users.size, app.groups.size], [0, 0, 0]);
  }
  assert.deepEqual([world.openStreams.size, world.timers], [0, 0]);
}
