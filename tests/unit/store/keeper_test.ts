// When sessions are saved, and how much at once: not for each frame, not all in one go, and whatever the disk says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeper } from "../../../src/server/keeper.ts";
import type { SavedSession } from "../../../src/session/saved.ts";
import { Stage } from "../server/stage.ts";
import { Disk, memoryStore } from "./memory_store.ts";
import { ask, comeBack, drain, lose, open, stageOn } from "./resuming.ts";

test("what is sent to connected sessions, and what they acknowledge, writes nothing", () => {
  const disk = new Disk();
  const stage = stageOn(disk);
  const { client } = open(stage);
  client.answersPings = true;
  stage.run(2000);
  const { writes } = disk;
  assert.ok(writes > 0);
  for (let i = 0; i < 100; i++) {
    stage.app.broadcast("x");
    client.send(ask(i + 1, "echo", "x"));
    stage.run(50);
  }
  // Of the ids that were used nothing is saved but that they are taken.
  assert.equal(disk.writes, writes);
});

test("each change of what is known of a session is saved within a second or so", () => {
  const disk = new Disk();
  const stage = stageOn(disk);
  const { client, welcome } = open(stage);
  const handle = stage.app.session(welcome.session)!;
  const changes = [
    () => void (handle.data = { score: 1 }),
    () => void handle.join("room"),
    () => void handle.leave("room"),
    () => lose(stage, client),
    () => void stage.app.broadcast("x"),
    () => void comeBack(stage, welcome),
    () => handle.kick(),
  ];
  stage.run(2000);
  for (const change of changes) {
    const { writes } = disk;
    change();
    stage.run(500);
    assert.equal(disk.writes, writes, `${change} is saved at once`);
    stage.run(600);
    assert.equal(disk.writes, writes + 1, `${change} is not saved`);
  }
});

test("many sessions are saved in batches, one a little after the other", () => {
  const disk = new Disk();
  const sizes: number[] = [];
  const times: number[] = [];
  const store = memoryStore(disk);
  const stage: Stage = new Stage({
    store: {
      ...store,
      save(sessions: Iterable<SavedSession>, gone) {
        const batch = [...sessions];
        sizes.push(batch.length);
        times.push(stage.now);
        store.save(batch, gone);
      },
    },
  });
  const handles = Array.from({ length: 200 }, () => open(stage).welcome.session)
    .map((id) => stage.app.session(id)!);
  stage.run(2000);
  assert.equal(disk.rows.size, 200);
  sizes.length = times.length = 0;
  for (const handle of handles) handle.data = { score: 1 };
  stage.run(2000);
  assert.deepEqual(sizes, [64, 64, 64, 8]);
  assert.ok(times.every((time, i) => i === 0 || time - times[i - 1]! >= 15));
});

test("sessions that hold much are saved a few at a time", () => {
  const disk = new Disk();
  const sizes: number[] = [];
  const store = memoryStore(disk);
  const stage = new Stage({
    store: {
      ...store,
      save(sessions, gone) {
        const batch = [...sessions];
        sizes.push(batch.length);
        store.save(batch, gone);
      },
    },
  });
  const clients = Array.from({ length: 30 }, () => open(stage).client);
  stage.run(2000);
  for (const client of clients) lose(stage, client);
  stage.run(2000);
  sizes.length = 0;
  stage.app.broadcast(new Uint8Array(200_000));
  stage.run(2000);
  assert.equal(Math.max(...sizes), 6);
});

test("a store that fails ends nothing: it is said once, tried again, and said when it works", async () => {
  const disk = new Disk();
  const stage = stageOn(disk);
  disk.fault = new Error("disk full");
  const { client, welcome } = open(stage);
  stage.run(5000);
  client.send(ask(1, "echo", "x"));
  stage.run(1000);
  assert.deepEqual(client.heard, ["response 1 x"]);
  assert.deepEqual(stage.logged("store").slice(1), [{ result: "failed", error: "disk full" }]);
  disk.fault = null;
  stage.run(2000);
  assert.deepEqual(stage.logged("store").slice(2), [{ result: "works again" }]);
  assert.deepEqual([...disk.rows.keys()], [welcome.session]);
  disk.fault = new Error("disk full");
  await drain(stage);
  assert.deepEqual(stage.logged("store").at(-1), { result: "failed", error: "disk full" });
  disk.fault = null;
  // What was saved before is still there, and known not to be all.
  const back = comeBack(stageOn(disk, { seed: 2 }), welcome);
  assert.deepEqual([back.welcome.resume.recovered, back.welcome.resume.gap], [true, true]);
});

test("data that is not JSON any more costs its session alone, and that is said", async () => {
  const disk = new Disk();
  const stage = stageOn(disk);
  const [bad, good] = [open(stage).welcome, open(stage).welcome];
  const data: Record<string, unknown> = {};
  stage.app.session(bad.session)!.data = data;
  data["self"] = data;
  await drain(stage);
  assert.deepEqual([...disk.rows.keys()], [good.session]);
  const [line] = stage.logged("store").filter(({ result }) => result === "left out");
  assert.equal(line!["session"], bad.session);
});

test("nothing is saved before everything was loaded", () => {
  const disk = new Disk();
  const stage = new Stage();
  const keeper = new Keeper(memoryStore(disk), stage.world.clock, () => {});
  keeper.changed(open(stage).client.session);
  keeper.close([]);
  stage.run(2000);
  assert.equal(disk.writes, 0);
});

test("a server that is ended at once keeps the sessions that wait by then", () => {
  const disk = new Disk();
  const stage = stageOn(disk, {
    routes: (app) => app.route("never", () => new Promise<string>(() => {})),
  });
  const { client, welcome } = open(stage);
  client.send(ask(1, "never"));
  stage.settle();
  void stage.app.drain();
  stage.settle();
  stage.server.waiting.keepAll();
  const back = comeBack(stageOn(disk, { seed: 2 }), welcome);
  assert.deepEqual([back.welcome.resume.recovered, back.welcome.resume.gap], [true, false]);
});

test("a server without a store, or that offers no resume, keeps nothing and ends as ever", async () => {
  const disk = new Disk();
  const off = stageOn(disk, { limits: { resumeSessionsMax: 0 } });
  off.open('{"features":["resume"]}');
  await drain(off);
  assert.deepEqual([off.closed("draining"), disk.rows.size], [1, 0]);
});
