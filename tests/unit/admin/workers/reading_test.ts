// What is read through the front of several workers: one session, lists, groups, timelines.

import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS_TOLD_MAX } from "../../../../src/limits/admin.ts";
import { disconnect } from "../../server/client.ts";
import { WorkersStage, type WorkerStage } from "./workers_stage.ts";

const SESSIONS = "GET /api/v1/sessions";

/** Every item of a list, page by page. */
async function allOf(stage: WorkersStage, path: string) {
  const found: Readonly<Record<string, unknown>>[] = [];
  const totals = new Set<unknown>();
  let cursor = "";
  for (let pages = 1; pages < 100; pages++) {
    const { status, body, items, text } = await stage.ask(`${path}${cursor}`);
    assert.equal(status, 200, text);
    assert.deepEqual(Object.keys(body).toSorted(), ["items", "matched", "nextCursor"]);
    found.push(...items);
    totals.add(body["matched"]);
    if (body["nextCursor"] === null) return { found, totals: [...totals], pages };
    cursor = `&cursor=${body["nextCursor"]}`;
  }
  throw new Error("The list does not end");
}

function openAll(stage: WorkersStage, users: readonly string[]): void {
  users.forEach((user, i) => {
    const worker = stage.workers[i % stage.workers.length]!;
    worker.open(JSON.stringify({ user, client: `app/${i}` }));
    for (const other of stage.workers) other.run(1000);
  });
}

/** Runs all to the same time of day. */
function align(stage: WorkersStage): void {
  const latest = Math.max(...stage.workers.map(timeOf));
  for (const worker of stage.workers) worker.run(latest - timeOf(worker));
}

function timeOf({ context: { wall, clock } }: WorkerStage): number {
  return wall(clock.now());
}

test("one session is found by its id, wherever it is", async () => {
  const stage = await WorkersStage.open(2);
  const ids = stage.workers.map((worker) => worker.open().session.id);
  for (const [i, id] of ids.entries()) {
    const { status, body } = await stage.ask(`${SESSIONS}/${id}`);
    assert.deepEqual([status, body["id"], body["worker"]], [200, id, i + 1]);
  }
});

test("a session that moved to another worker is found there, also where its first one is gone", async () => {
  const stage = await WorkersStage.open(1);
  await stage.add(2, { nodeId: 1, seed: 99 });
  const { id } = stage.workers[1]!.open().session;
  assert.equal((await stage.ask(`${SESSIONS}/${id}`)).body["worker"], 2);
  stage.workers[0]!.leave();
  assert.equal((await stage.ask(`${SESSIONS}/${id}`)).body["worker"], 2);
});

test("an id that nobody has is 404, whatever node it names", async () => {
  const stage = await WorkersStage.open(2);
  for (const id of ["nobody", "00000000-0000-8000-8000-000000000001", `${"0".repeat(32)}`]) {
    const { status, body } = await stage.ask(`${SESSIONS}/${id}`);
    assert.equal(status, 404);
    assert.match(JSON.stringify(body), /No live session/);
  }
});

test("a list is in order over all workers, whose clocks begin apart, and its cursor goes on over all of them", async () => {
  const stage = await WorkersStage.open(3);
  const users = Array.from({ length: 11 }, (_, i) => `user-${i}`);
  openAll(stage, users);
  for (
    const [sort, wanted] of [["createdAt", users], ["-createdAt", users.toReversed()]] as const
  ) {
    const { found, totals, pages } = await allOf(stage, `${SESSIONS}?sort=${sort}&limit=4`);
    assert.deepEqual(found.map(({ user }) => user), wanted);
    assert.deepEqual([totals, pages], [[11], 3]);
  }
  const { found } = await allOf(stage, `${SESSIONS}?sort=queuedBytes&limit=1&user=user-3`);
  assert.deepEqual(found.map(({ user, worker }) => [user, worker]), [["user-3", 1]]);
  const whole = await allOf(stage, `${SESSIONS}?limit=11`);
  assert.deepEqual([whole.pages, whole.found.length], [1, 11]);
  assert.equal((await stage.ask(`${SESSIONS}?cursor=x`)).status, 400);
  assert.equal((await stage.ask(`${SESSIONS}?usr=x`)).status, 400);
});

test("closed sessions are in the order in which they ended, with those of the same moment told apart", async () => {
  const stage = await WorkersStage.open(2);
  const clients = stage.workers.flatMap((worker) =>
    ["a", "b", "c"].map((user) => worker.open(JSON.stringify({ user: `${user}${worker.node}` })))
  );
  align(stage);
  for (const client of clients) client.send(disconnect());
  for (const worker of stage.workers) worker.settle();
  const { found, totals } = await allOf(stage, "GET /api/v1/closed?limit=1&sort=endedAt");
  assert.deepEqual(totals, [6]);
  assert.deepEqual(found.map(({ user }) => user), ["a1", "b1", "c1", "a2", "b2", "c2"]);
  const { body } = await stage.ask("GET /api/v1/closed?user=b2");
  assert.equal(body["matched"], 1);
});

test("a group of several workers is one, with the sessions of all, in the order of their sum", async () => {
  const stage = await WorkersStage.open(2);
  const [one, two] = stage.workers.map((worker) =>
    Array.from({ length: 3 }, () => worker.app.session(worker.open().session.id)!)
  );
  for (const session of [...one!, two![0]!, two![1]!]) session.join("large");
  for (const session of two!) session.join("small");
  one![0]!.join("least");
  const { found, totals, pages } = await allOf(stage, "GET /api/v1/groups?limit=1");
  assert.deepEqual(found, [
    { name: "large", sessions: 5 },
    { name: "small", sessions: 3 },
    { name: "least", sessions: 1 },
  ]);
  assert.deepEqual([totals, pages], [[3], 3]);
});

test("more groups than a worker may tell of are no list, instead of half of one", async () => {
  const stage = await WorkersStage.open(1);
  const { groups } = stage.workers[0]!.app;
  const names = {
    *[Symbol.iterator]() {
      for (let i = 0; i <= GROUPS_TOLD_MAX; i++) yield `${i}`;
    },
  };
  Object.defineProperty(groups, "names", { value: names });
  const { status, body } = await stage.ask("GET /api/v1/groups");
  assert.equal(status, 503);
  assert.match(JSON.stringify(body), /more than 100000 groups/);
});

test("a timeline is one over all workers", async () => {
  const stage = await WorkersStage.open(2);
  const first = stage.workers[0]!.open('{"user":"ann"}');
  for (const worker of stage.workers) worker.run(1000);
  stage.workers[1]!.open('{"user":"ann"}');
  for (const worker of stage.workers) worker.run(1000);
  first.send(disconnect());
  stage.workers[0]!.settle();
  const { items } = await stage.ask("GET /api/v1/users/ann/timeline");
  assert.deepEqual(items.map(({ event, session }) => [event, (session as string).at(-1)]), [
    ["connected", "1"],
    ["connected", "2"],
    ["ended", "1"],
  ]);
});
