// The list of live sessions: filters, order, pages; one session; and its end by a kick.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AdminStage } from "./admin_stage.ts";
import { notification } from "../server/client.ts";

const SESSIONS = "GET /api/v1/sessions";

/** The users of the sessions that match, by name. */
async function usersOf(stage: AdminStage, query: string): Promise<string[]> {
  const { status, text, items } = await stage.ask(`${SESSIONS}?${query}`);
  assert.equal(status, 200, text);
  return items.map(({ user }) => user as string).toSorted();
}

test("a session is shown with what its Handshake said and what it did since", async () => {
  const stage = await AdminStage.open();
  const client = stage.open('{"user":"ann","client":"app/1.2","tags":{"region":"eu"}}');
  client.send(notification(1, "hello"));
  stage.settle();
  const { id } = client.session;
  const { status, body } = await stage.ask(`${SESSIONS}/${id}`);
  assert.equal(status, 200);
  const { createdAt, lastActivityAt, address, bytesReceived, bytesSent, ...rest } = body;
  assert.deepEqual(rest, {
    id,
    user: "ann",
    state: "active",
    client: "app/1.2",
    worker: 0,
    node: "node-1",
    framesReceived: 2,
    framesSent: 2,
    requestsRunning: 0,
    rttMs: null,
    queuedBytes: 0,
    groups: [],
    tags: { region: "eu" },
    data: {},
  });
  assert.match(address as string, /^127\.0\.0\.1:\d+$/);
  assert.ok((bytesReceived as number) > 0 && (bytesSent as number) > 0);
  assert.ok(new Date(createdAt as string) <= new Date(lastActivityAt as string));
  assert.ok(Math.abs(Date.now() - Date.parse(createdAt as string)) < 60_000);
});

test("an id nobody has is 404", async () => {
  const stage = await AdminStage.open();
  for (const what of [`${SESSIONS}/nobody`, "DELETE /api/v1/sessions/nobody"]) {
    assert.equal((await stage.ask(what)).status, 404);
  }
});

test("each filter finds those it means, and several together those that all of them mean", async () => {
  const stage = await AdminStage.open();
  stage.open('{"user":"ann","client":"app/1.2","tags":{"region":"eu"}}');
  stage.run(10_000);
  stage.open('{"user":"bob","client":"app/1.3","tags":{"region":"eu","device":"tv"}}');
  stage.open('{"user":"eve","client":"other/1"}');
  stage.connect();
  assert.deepEqual(await usersOf(stage, ""), ["", "ann", "bob", "eve"]);
  assert.deepEqual(await usersOf(stage, "user=bob"), ["bob"]);
  assert.deepEqual(await usersOf(stage, "client=app"), ["ann", "bob"]);
  assert.deepEqual(await usersOf(stage, "client=app/1.3"), ["bob"]);
  assert.deepEqual(await usersOf(stage, "client=ap"), []);
  assert.deepEqual(await usersOf(stage, "tag.region=eu"), ["ann", "bob"]);
  assert.deepEqual(await usersOf(stage, "tag.region=eu&tag.device=tv"), ["bob"]);
  assert.deepEqual(await usersOf(stage, "tag.constructor=x"), []);
  assert.deepEqual(await usersOf(stage, "state=connecting"), [""]);
  assert.deepEqual(await usersOf(stage, "idle_over=5s"), ["ann"]);
  assert.deepEqual(await usersOf(stage, "idle_over=9000&client=app/1.3"), []);
  assert.deepEqual(await usersOf(stage, "rtt_over=0"), []);
  assert.deepEqual(await usersOf(stage, "queued_over=0"), []);
  assert.deepEqual(await usersOf(stage, "address=127.0.0.0/8&user=eve"), ["eve"]);
  assert.deepEqual(await usersOf(stage, "address=10.0.0.0/8"), []);
});

test("pages in any order hold each session once", async () => {
  const stage = await AdminStage.open();
  for (let i = 0; i < 25; i++) stage.open(`{"user":"u${i}"}`);
  for (const sort of ["createdAt", "-createdAt", "queuedBytes", "-bytesSent", "rttMs"]) {
    const ids: unknown[] = [];
    let cursor: unknown = "";
    for (let pages = 1; cursor !== null; pages++) {
      const behind = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body, items } = await stage.ask(`${SESSIONS}?limit=10&sort=${sort}${behind}`);
      assert.equal(body["matched"], 25);
      assert.equal(items.length, pages < 3 ? 10 : 5);
      ids.push(...items.map(({ id }) => id));
      cursor = body["nextCursor"];
    }
    assert.equal(new Set(ids).size, 25, sort);
  }
  const { items } = await stage.ask(`${SESSIONS}?sort=-createdAt&limit=1`);
  assert.equal(items[0]!["user"], "u24");
});

test("what a query may not say is 400", async () => {
  const stage = await AdminStage.open();
  stage.open();
  stage.open();
  const { body } = await stage.ask(`${SESSIONS}?limit=1`);
  const cursor = body["nextCursor"];
  for (
    const query of [
      ...["limit=0", "limit=1001", "limit=x", "limit=", "sort=user", "sort=--createdAt"],
      ...["address=10.0.0", "address=10.0.0.0/33", "state=closed", "idle_over=5y", "idle_over=-1"],
      ...["queued_over=x", "usr=ann", "user=a&user=b", "cursor=x", "cursor=bnVsbA"],
      `sort=-createdAt&cursor=${cursor}`,
    ]
  ) {
    const answer = await stage.ask(`${SESSIONS}?${query}`);
    assert.equal(answer.status, 400, `${query}: ${answer.text}`);
  }
});

test("a kick ends the session, tells the client why, and leaves a line in the log", async () => {
  const stage = await AdminStage.open();
  const client = stage.open('{"user":"ann"}');
  const { id } = client.session;
  const { status, body } = await stage.ask(`DELETE /api/v1/sessions/${id}`, {
    body: { message: "Too loud" },
  });
  assert.deepEqual([status, body], [200, { result: "kicked" }]);
  stage.settle();
  const { name, message, reconnect } = client.lastEnd;
  assert.deepEqual([name, message, reconnect], ["kicked", "Too loud", "no"]);
  assert.equal(stage.server.counters.closed.get("kicked,admin"), 1);
  assert.equal((await stage.ask(`${SESSIONS}/${id}`)).status, 404);
  const [line] = stage.adminLog;
  const { who, ...fields } = line!.fields;
  assert.match(who as string, /^[0-9a-f]{8}@127\.0\.0\.1$/);
  assert.deepEqual([line!.event, fields], ["admin change", {
    action: "kick",
    session: id,
    user: "ann",
    message: "Too loud",
  }]);
});

test("a kick says whether the client shall come back, and when", async () => {
  const stage = await AdminStage.open();
  for (
    const [body, reconnect, retryAfterMs] of [
      [{}, "no", undefined],
      [{ reconnect: "no", retryAfterMs: 5 }, "no", undefined],
      [{ reconnect: "yes" }, "yes", undefined],
      [{ retryAfterMs: 5000 }, "yes", 5000],
    ] as const
  ) {
    const client = stage.open();
    await stage.ask(`DELETE /api/v1/sessions/${client.session.id}`, { body });
    stage.settle();
    assert.deepEqual([client.lastEnd.reconnect, client.lastEnd.retryAfterMs], [
      reconnect,
      retryAfterMs,
    ]);
  }
  const { id } = stage.open().session;
  for (const body of [{ reconnect: "token" }, { retryAfterMs: -1 }, { retryAfterMs: 86_400_001 }]) {
    assert.equal((await stage.ask(`DELETE /api/v1/sessions/${id}`, { body })).status, 400);
  }
});

test("a kick may ban its user, or the address of who has none", async () => {
  const stage = await AdminStage.open();
  const ids = [stage.open('{"user":"ann"}'), stage.open()].map(({ session }) => session.id);
  for (const id of ids) {
    await stage.ask(`DELETE /api/v1/sessions/${id}`, { body: { banSeconds: 60 } });
  }
  const { items } = await stage.ask("GET /api/v1/bans");
  assert.deepEqual(items.map(({ user, address }) => user ?? address), ["ann", "127.0.0.1"]);
});
