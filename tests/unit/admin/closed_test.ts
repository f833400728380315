// What is remembered of sessions that are gone: why they ended, and the timeline of a user.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSED_MAX } from "../../../src/limits/admin.ts";
import { disconnect } from "../server/client.ts";
import { AdminStage } from "./admin_stage.ts";

const CLOSED = "GET /api/v1/closed";

/** Ann leaves, Bob is kicked an hour later, and Eve is too slow with her Handshake. */
async function three(): Promise<AdminStage> {
  const stage = await AdminStage.open();
  const ann = stage.open('{"user":"ann","client":"app/1"}');
  const bob = stage.open('{"user":"bob"}');
  bob.answersPings = true;
  stage.run(1000);
  ann.send(disconnect());
  stage.run(3_600_000);
  await stage.ask(`DELETE /api/v1/sessions/${bob.session.id}`);
  stage.connect();
  stage.run(10_000);
  return stage;
}

test("closed sessions are listed with the reason, the last one first", async () => {
  const stage = await three();
  const { status, items, body } = await stage.ask(CLOSED);
  assert.deepEqual([status, body["matched"], body["nextCursor"]], [200, 3, null]);
  assert.deepEqual(items.map(({ user, code, name, by }) => [user, code, name, by]), [
    ["", 1200, "handshake_timeout", "server"],
    ["bob", 1002, "kicked", "admin"],
    ["ann", 1000, "normal", "peer"],
  ]);
  const [, bob, ann] = items;
  assert.equal(ann!["client"], "app/1");
  assert.ok((bob!["durationMs"] as number) >= 3_600_000 && (bob!["rttMs"] as number) > 0);
  const lasted = Date.parse(ann!["endedAt"] as string) - Date.parse(ann!["createdAt"] as string);
  assert.equal(ann!["durationMs"], lasted);
});

test("closed sessions are found by user, address and code, and sorted by what they did", async () => {
  const stage = await three();
  const usersFor = async (query: string) =>
    (await stage.ask(`${CLOSED}?${query}`)).items.map(({ user }) => user);
  assert.deepEqual(await usersFor("user=ann"), ["ann"]);
  assert.deepEqual(await usersFor("code=kicked"), ["bob"]);
  assert.deepEqual(await usersFor("code=1000"), ["ann"]);
  assert.deepEqual(await usersFor("address=127.0.0.1"), ["", "bob", "ann"]);
  assert.deepEqual(await usersFor("address=::/0"), []);
  assert.deepEqual(await usersFor("sort=endedAt"), ["ann", "bob", ""]);
  assert.deepEqual(await usersFor("sort=-durationMs&limit=1"), ["bob"]);
  for (const query of ["code=nothing", "address=x", "sort=user", "usr=ann"]) {
    assert.equal((await stage.ask(`${CLOSED}?${query}`)).status, 400, query);
  }
});

test("the list of closed sessions is bounded, and the oldest are forgotten first", async () => {
  const stage = await AdminStage.open();
  const { session } = stage.open('{"user":"ann"}');
  await stage.ask(`DELETE /api/v1/sessions/${session.id}`);
  const { history } = stage.context;
  for (let i = 0; i < CLOSED_MAX; i++) history.watch({ type: "ended", session });
  assert.equal(history.closed.length, CLOSED_MAX);
  assert.equal(history.closed.at(0)!.sequence, 1);
  const { body } = await stage.ask(`${CLOSED}?limit=1000`);
  assert.equal(body["matched"], CLOSED_MAX);
});

test("the timeline of a user tells connects and ends in order of time, and of nobody else", async () => {
  const stage = await three();
  stage.open('{"user":"ann"}');
  const { status, items } = await stage.ask("GET /api/v1/users/ann/timeline");
  assert.equal(status, 200);
  assert.deepEqual(items.map(({ event }) => event), ["connected", "ended", "connected"]);
  const times = items.map(({ at }) => at as string);
  assert.deepEqual(times, times.toSorted());
  const { name, by } = items[1]!["ended"] as Record<string, unknown>;
  assert.deepEqual([name, by], ["normal", "peer"]);
  assert.deepEqual((await stage.ask("GET /api/v1/users/nobody/timeline")).body, { items: [] });
});

test("the name of a user may hold anything that a path can carry", async () => {
  const stage = await AdminStage.open();
  stage.open('{"user":"a/b ü?#"}');
  const { items } = await stage.ask(`GET /api/v1/users/${encodeURIComponent("a/b ü?#")}/timeline`);
  assert.equal(items.length, 1);
});
