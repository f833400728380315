// A server that drains and the one after it: sessions go on as if nothing had been, and nothing runs twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { frame } from "../server/client.ts";
import { Disk } from "./memory_store.ts";
import { ack, ask, comeBack, drain, lose, open, settled, stageOn } from "./resuming.ts";

test("a session goes on in the next process: who it is, its groups and data, under a new secret", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { welcome } = open(first, { user: "ann", tags: { a: "b" }, client: "c/1" });
  const before = first.app.session(welcome.session)!;
  before.join("room");
  before.join("left");
  before.leave("left");
  before.data = { score: 1 };
  await drain(first);
  assert.deepEqual(
    [first.server.counters.kept, first.closed("draining"), first.logged("session waiting").length],
    [1, 0, 1],
  );

  const second = stageOn(disk, { seed: 2 });
  const handle = second.app.session(welcome.session)!;
  assert.equal(handle.state, "waiting");
  const resumed: string[] = [];
  second.app.on("resume", ({ id }) => resumed.push(id));
  const back = comeBack(second, welcome);
  assert.deepEqual({ ...back.welcome.resume, secret: "" }, {
    secret: "",
    windowMs: 120_000,
    recovered: true,
    gap: false,
  });
  assert.notEqual(back.welcome.resume.secret, welcome.resume.secret);
  const { id, state, user, tags, client, groups, data } = handle;
  assert.deepEqual([id, state, user, tags, client, [...groups], data], [
    welcome.session,
    "active",
    "ann",
    { a: "b" },
    "c/1",
    ["room"],
    { score: 1 },
  ]);
  assert.deepEqual(resumed, [id]);
  assert.equal(second.app.group("room").broadcast("to the room").queued, 1);
  assert.equal(second.app.user("ann").broadcast("to ann").queued, 1);
  second.settle();
  assert.deepEqual(back.client.heard, ["broadcast 1 to the room", "broadcast 2 to ann"]);
});

test("frames that were not acknowledged come again, in order, none twice, and the numbers go on", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const connected = open(first);
  const waiting = open(first);
  lose(first, waiting.client);
  for (const text of ["a", "b", "c"]) first.app.broadcast(text);
  first.settle();
  connected.client.send(ack(1));
  first.settle();
  await drain(first);

  const second = stageOn(disk, { seed: 2 });
  assert.equal(second.app.broadcast("d").queued, 2);
  const back = comeBack(second, connected.welcome, 2);
  assert.deepEqual([back.welcome.resume.gap, back.client.heard], [
    false,
    ["broadcast 3 c", "broadcast 4 d"],
  ]);
  assert.deepEqual(comeBack(second, waiting.welcome).client.heard, [
    "broadcast 1 a",
    "broadcast 2 b",
    "broadcast 3 c",
    "broadcast 4 d",
  ]);
});

test("a Request that was answered is answered from memory, one that is new runs, and the last id is known", async () => {
  const disk = new Disk();
  const runs: string[] = [];
  const count = (c: { text(): string }) => (runs.push(c.text()), `did ${c.text()}`);
  const options = { routes: (app: ReturnType<typeof stageOn>["app"]) => app.route("count", count) };
  const first = stageOn(disk, options);
  const { client, welcome } = open(first);
  client.send(ask(1, "count", "a"), ask(2 ** 31, "count", "b"));
  first.settle();
  await drain(first);
  const back = comeBack(stageOn(disk, { ...options, seed: 2 }), welcome);
  assert.deepEqual(back.client.heard, []);
  const second = stageOn(disk, { ...options, seed: 3 });
  const { client: again } = comeBack(second, welcome);
  again.send(ask(2, "count", "old"), ask(2 ** 31 + 1, "count", "c"));
  second.settle();
  assert.deepEqual(again.heard, ["error 2 answer_lost", `response ${2 ** 31 + 1} did c`]);
  assert.deepEqual(runs, ["a", "b", "c"]);
});

test("what runs while the server drains is answered on the old connection, and remembered for the new one", async () => {
  const disk = new Disk();
  const gate = Promise.withResolvers<void>();
  const first = stageOn(disk, {
    routes: (app) => {
      app.route("slow", async () => (await gate.promise, "at last"));
      app.route("asks", async (c) => `you said ${decodeText(await c.session.request("q", "?"))}`);
    },
  });
  const { client, welcome } = open(first);
  client.send(ask(1, "slow"), ask(2, "asks"));
  first.settle();
  const drained = first.app.drain();
  first.settle();
  // What is sent meanwhile is for later, and what is asked now is not begun.
  assert.equal(first.app.session(welcome.session)!.send("", "later"), "queued");
  client.send(ask(3, "echo", "new"), frame(FrameType.Response, 1, "yes"));
  first.settle();
  await settled();
  gate.resolve();
  await settled();
  first.settle();
  assert.deepEqual(client.heard, [
    "request 1 \u0001q?",
    "disconnect 0 draining",
    "error 3 cancelled",
    "response 2 you said yes",
    "response 1 at last",
    "fin",
    "ended",
  ]);
  first.run(3000);
  await drained;
  first.checkEmpty();

  const second = stageOn(disk, { seed: 2 });
  const back = comeBack(second, welcome);
  back.client.send(ask(1, "slow"), ask(2, "asks"), ask(3, "echo", "new"));
  second.settle();
  assert.deepEqual(back.client.heard, [
    "notification 1 \u0000later",
    "response 1 at last",
    "response 2 you said yes",
    "response 3 new",
  ]);
});

test("what runs for a client that is gone already is waited for, and no longer than the grace", async () => {
  for (
    const [isInTime, heard] of [[true, "response 1 done"], [false, "error 1 answer_lost"]] as const
  ) {
    const disk = new Disk();
    const gate = Promise.withResolvers<void>();
    const first = stageOn(disk, {
      limits: { drainGraceMs: 5000 },
      routes: (app) => app.route("slow", async () => (await gate.promise, "done")),
    });
    const { client, welcome } = open(first);
    client.send(ask(1, "slow"));
    first.settle();
    let isDrained = false;
    void first.app.drain().then(() => isDrained = true);
    lose(first, client);
    first.run(4000);
    await settled();
    assert.equal(isDrained, false);
    if (isInTime) gate.resolve();
    await settled();
    if (!isInTime) first.run(2000);
    await settled();
    assert.equal(isDrained, true);
    first.checkEmpty();
    const second = stageOn(disk, { seed: 2 });
    const back = comeBack(second, welcome);
    back.client.send(ask(1, "slow"));
    second.settle();
    assert.deepEqual(back.client.heard, [heard]);
  }
});

test("a session that ended, was kicked while the server drained, or is not resumable, is not kept", async () => {
  const disk = new Disk();
  const first = stageOn(disk, {
    limits: { drainGraceMs: 1000 },
    routes: (app) => app.route("never", () => new Promise<string>(() => {})),
  });
  const kicked = open(first);
  const late = open(first);
  first.open("{}");
  first.run(2000);
  assert.equal(disk.rows.size, 2);
  first.app.session(kicked.welcome.session)!.kick();
  late.client.send(ask(1, "never"));
  first.settle();
  const drained = first.app.drain();
  first.settle();
  first.app.session(late.welcome.session)!.kick();
  first.run(3000);
  await drained;
  first.checkEmpty();
  assert.deepEqual([first.closed("kicked"), first.closed("draining")], [2, 1]);
  assert.equal(disk.rows.size, 0);
});

test("a session waits for its whole window in the next process, and is not loaded once its time is over", async () => {
  const disk = new Disk();
  const first = stageOn(disk, { limits: { resumeWindowMs: 60_000 } }, () => 1000);
  const [early, late] = [open(first), open(first)];
  lose(first, early.client);
  first.run(40_000);
  late.client.answersPings = true;
  await drain(first);
  const second = stageOn(disk, { limits: { resumeWindowMs: 60_000 }, seed: 2 }, () => 41_000);
  assert.deepEqual([second.server.waiting.registry.size, second.server.counters.restored], [1, 1]);
  assert.equal(second.app.session(early.welcome.session), undefined);
  second.run(59_000);
  assert.equal(second.server.waiting.registry.size, 1);
  second.run(2000);
  assert.equal(second.closed("resume_expired"), 1);
  second.run(2000);
  assert.equal(disk.rows.size, 0);
  assert.equal(comeBack(second, late.welcome).welcome.resume.recovered, false);
});

test("what cannot be read is left out and counted, and so is what is too much", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const clients = Array.from({ length: 12 }, () => open(first).welcome.session);
  first.app.broadcast("x");
  await drain(first);
  const broken = [
    { about: "{" },
    { about: "{}" },
    { about: JSON.stringify({ ...JSON.parse(disk.rows.get(clients[2]!)!.saved.about), user: 1 }) },
    {
      about: JSON.stringify({
        ...JSON.parse(disk.rows.get(clients[3]!)!.saved.about),
        groups: [""],
      }),
    },
    { secretHash: new Uint8Array(31) },
    { sequence: -1 },
    { sequence: 2 ** 53 },
    { idLow: 2 ** 32 },
    { sent: new Uint8Array(20) },
    { answers: disk.rows.get(clients[9]!)!.saved.sent },
  ];
  broken.forEach((more, i) => {
    const row = disk.rows.get(clients[i]!)!;
    row.saved = { ...row.saved, ...more };
  });
  const second = stageOn(disk, { limits: { resumeSessionsMax: 1 }, seed: 2 });
  const [line] = second.logged("store");
  assert.deepEqual(line, { result: "loaded", sessions: 1, leftOut: 11, isClean: true });
  assert.ok(clients.indexOf(second.server.waiting.registry.first!.id) >= broken.length);
  second.checkSums();
});
