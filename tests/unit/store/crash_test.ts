// A process that ends without a word: what was saved by then goes on, a gap is said, and nothing runs or counts twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SEQUENCE_JUMP } from "../../../src/limits/keeping.ts";
import type { App } from "../../../src/messaging/app.ts";
import { Disk } from "./memory_store.ts";
import { ask, comeBack, lose, open, settled, stageOn } from "./resuming.ts";

/** A second later everything is saved that has changed. */
const SAVED_MS = 1100;

test("after a crash a session goes on as it was a second before, and a gap is said", () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { welcome } = open(first, { user: "ann" });
  const handle = first.app.session(welcome.session)!;
  handle.join("room");
  handle.data = { score: 1 };
  first.run(SAVED_MS);
  handle.data = { score: 2 };
  const late = open(first);

  const second = stageOn(disk, { seed: 2 });
  assert.deepEqual(second.logged("store"), [
    { result: "loaded", sessions: 1, leftOut: 0, isClean: false },
  ]);
  const back = comeBack(second, welcome);
  assert.deepEqual([back.welcome.resume.recovered, back.welcome.resume.gap], [true, true]);
  const { user, groups, data } = second.app.session(welcome.session)!;
  assert.deepEqual([user, [...groups], data], ["ann", ["room"], { score: 1 }]);
  assert.equal(comeBack(second, late.welcome).welcome.resume.recovered, false);
});

test("no number is used for two frames, however many crashes there were", () => {
  const disk = new Disk();
  const first = stageOn(disk);
  let { client, welcome } = open(first);
  first.run(SAVED_MS);
  for (let i = 0; i < 10; i++) first.app.broadcast("before");
  first.settle();
  const numbers = client.frames.map(({ id }) => id);
  for (let crash = 1; crash <= 3; crash++) {
    const next = stageOn(disk, { seed: 1 + crash });
    const received = numbers.at(-1)!;
    ({ client, welcome } = comeBack(next, welcome, received));
    assert.equal(welcome.resume.gap, true);
    // The new secret has to be saved, the frames need not be.
    next.run(SAVED_MS);
    for (let i = 0; i < 10; i++) next.app.broadcast(`after ${crash}`);
    next.settle();
    numbers.push(...client.frames.map(({ id }) => id));
  }
  assert.equal(new Set(numbers).size, 40);
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
  assert.ok(numbers.at(-1)! > 3 * SEQUENCE_JUMP);
});

test("what waited for a lost client, and was saved, comes with its number, and then the gap", () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { client, welcome } = open(first);
  client.send(ask(1, "echo", "x"));
  first.settle();
  lose(first, client);
  for (const text of ["a", "b"]) first.app.broadcast(text);
  first.run(SAVED_MS);
  first.app.broadcast("lost");

  const second = stageOn(disk, { seed: 2 });
  const back = comeBack(second, welcome, 1);
  back.client.send(ask(1, "echo", "x"));
  second.app.broadcast("new");
  second.settle();
  assert.equal(back.welcome.resume.gap, true);
  assert.deepEqual(back.client.heard, [
    "broadcast 2 b",
    `broadcast ${2 + SEQUENCE_JUMP + 1} new`,
    "response 1 x",
  ]);
});

/** A route whose runs are counted by what was asked. */
function counting(runs: string[]) {
  return (app: App) => app.route("count", (c) => (runs.push(c.text()), "done"));
}

test("a Request that ran in the moment before the crash does not run again, whatever its id", () => {
  for (const ids of [[1], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [7, 5_000, 2 ** 32 - 1]]) {
    for (const savedFor of [SAVED_MS, 60_000]) {
      const runs: string[] = [];
      const disk = new Disk();
      const first = stageOn(disk, { routes: counting(runs) });
      const { client, welcome } = open(first);
      client.answersPings = true;
      first.run(savedFor);
      client.send(...ids.map((id) => ask(id, "count", `${id}`)));
      first.settle();
      assert.equal(runs.length, ids.length);

      const second = stageOn(disk, { routes: counting(runs), seed: 2 });
      const back = comeBack(second, welcome);
      back.client.send(...ids.map((id) => ask(id, "count", `${id}`)));
      second.settle();
      assert.deepEqual(back.client.heard, ids.map((id) => `error ${id} answer_lost`));
      assert.equal(runs.length, ids.length);
    }
  }
});

test("a client that asked little loses little to a crash, and one that was quiet for a while nothing", () => {
  // How many new Requests are refused after `asked` ones.
  function refusedAfter(asked: number, quietMs: number): number {
    const runs: string[] = [];
    const disk = new Disk();
    const first = stageOn(disk, { routes: counting(runs) });
    const { client, welcome } = open(first);
    client.answersPings = true;
    first.run(SAVED_MS);
    for (let id = 1; id <= asked; id++) client.send(ask(id, "count"));
    first.settle();
    first.run(quietMs);
    const second = stageOn(disk, { routes: counting(runs), seed: 2 });
    const back = comeBack(second, welcome);
    for (let id = asked + 1; id <= asked + 200; id++) back.client.send(ask(id, "count"));
    second.settle();
    return back.client.heard.filter((line) => line.endsWith("answer_lost")).length;
  }
  for (const asked of [1, 2, 3, 10, 100, 520]) {
    assert.ok(refusedAfter(asked, 0) <= Math.min(asked, 64), `after ${asked}`);
    assert.equal(refusedAfter(asked, 25_000), 0, `after ${asked} and a while`);
  }
});

test("a client that asked much once, and little since, loses little", () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { client, welcome } = open(first);
  client.answersPings = true;
  first.run(SAVED_MS);
  let id = 0;
  while (id < 130) client.send(ask(++id, "echo"));
  for (let seconds = 0; seconds < 40; seconds += 4) {
    client.send(ask(++id, "echo"));
    first.run(4000);
  }
  const second = stageOn(disk, { seed: 2 });
  const back = comeBack(second, welcome);
  for (let i = 1; i <= 10; i++) back.client.send(ask(id + i, "echo"));
  second.settle();
  const lost = back.client.heard.filter((line) => line.endsWith("answer_lost"));
  assert.ok(lost.length <= 5, `${lost.length} are lost`);
});

test("ids that a client uses after a resume are taken as well, also those given back before", () => {
  const runs: string[] = [];
  const disk = new Disk();
  const first = stageOn(disk, { routes: counting(runs) });
  const { client, welcome } = open(first);
  first.run(SAVED_MS);
  for (let id = 1; id <= 20; id++) client.send(ask(id, "count"));
  first.settle();
  lose(first, client);
  first.run(SAVED_MS);
  const resumed = comeBack(first, welcome);
  first.run(SAVED_MS);
  resumed.client.send(ask(21, "count"));
  first.settle();
  const second = stageOn(disk, { routes: counting(runs), seed: 2 });
  const back = comeBack(second, resumed.welcome);
  back.client.send(ask(21, "count"));
  second.settle();
  assert.deepEqual(back.client.heard, ["error 21 answer_lost"]);
  assert.equal(runs.length, 21);
});

test("ids that could not be taken while the store failed are taken with the next Request", () => {
  const runs: string[] = [];
  const disk = new Disk();
  const first = stageOn(disk, { routes: counting(runs) });
  const { client, welcome } = open(first);
  first.run(SAVED_MS);
  disk.fault = new Error("disk full");
  client.send(ask(1, "count"));
  first.settle();
  disk.fault = null;
  client.send(ask(2, "count"));
  first.settle();
  const second = stageOn(disk, { routes: counting(runs), seed: 2 });
  const back = comeBack(second, welcome);
  back.client.send(ask(1, "count"), ask(2, "count"));
  second.settle();
  assert.deepEqual(back.client.heard, ["error 1 answer_lost", "error 2 answer_lost"]);
  assert.equal(runs.length, 2);
});

test("a secret that had been replaced a second before the crash is worth nothing after it", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { client, welcome } = open(first);
  lose(first, client);
  const resumed = comeBack(first, welcome);
  first.run(SAVED_MS);
  resumed.client.send(ask(1, "echo"));
  first.run(SAVED_MS);
  await settled();
  const second = stageOn(disk, { seed: 2 });
  assert.equal(comeBack(second, welcome).welcome.resume.recovered, false);
  assert.equal(comeBack(second, resumed.welcome).welcome.resume.recovered, true);
});

test("a session that ended a second before the crash stays ended", () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { welcome } = open(first);
  first.run(SAVED_MS);
  assert.equal(disk.rows.size, 1);
  first.app.session(welcome.session)!.kick();
  first.run(SAVED_MS);
  assert.equal(comeBack(stageOn(disk, { seed: 2 }), welcome).welcome.resume.recovered, false);
});
