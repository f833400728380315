// A server that drains and the one after it: sessions go on as if nothing had been.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FRAME_TYPE_NAMES, FrameType } from "../../../src/codec/frame.ts";
import { HEADER_BYTES } from "../../../src/limits/wire.ts";
import { Disk } from "./memory_store.ts";
import { ack, ask, comeBack, drain, lose, open, stageOn } from "./resuming.ts";

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
  handle.send("news", "meanwhile");
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
  assert.deepEqual(back.client.heard, [
    "notification 1 \u0004newsmeanwhile",
    "broadcast 2 to the room",
    "broadcast 3 to ann",
  ]);
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

test("ids beyond what a number holds are known too", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { client, welcome } = open(first);
  const longAsk = (idLow: number) => {
    const bytes = ask(idLow, "echo", "x");
    return encodeFrame(FrameType.Request, 2 ** 31, idLow, bytes, HEADER_BYTES);
  };
  client.send(longAsk(7));
  first.settle();
  await drain(first);
  const second = stageOn(disk, { seed: 2 });
  const { client: again } = comeBack(second, welcome);
  again.send(longAsk(6), longAsk(7), longAsk(8));
  second.settle();
  const shown = again.frames.map(({ type, id }) => [FRAME_TYPE_NAMES[type], id]);
  assert.deepEqual(shown, [
    ["error", 2 ** 63 + 6],
    ["response", 2 ** 63 + 7],
    ["response", 2 ** 63 + 8],
  ]);
});

test("the former secret is good in the next process where the new one was not shown to have arrived", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  const { client, welcome } = open(first);
  lose(first, client);
  comeBack(first, welcome);
  await drain(first);
  const second = stageOn(disk, { seed: 2 });
  assert.equal(comeBack(second, welcome).welcome.resume.recovered, true);
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
  const second = stageOn(disk, { seed: 2 });
  const [line] = second.logged("store");
  assert.deepEqual(line, { result: "loaded", sessions: 2, leftOut: 10, isClean: true });
  const sound = clients.slice(broken.length);
  assert.deepEqual(sound.map((id) => second.app.session(id)?.state), ["waiting", "waiting"]);
  await drain(second);
  const third = stageOn(disk, { limits: { resumeSessionsMax: 1 }, seed: 3 });
  assert.deepEqual(third.logged("store"), [
    { result: "loaded", sessions: 1, leftOut: 1, isClean: true },
  ]);
  third.checkSums();
});

test("who may have fewer sessions by now keeps the newest, and every one is counted", async () => {
  const disk = new Disk();
  const first = stageOn(disk);
  for (let i = 0; i < 3; i++) open(first, { user: "ann" });
  await drain(first);
  const second = stageOn(disk, { limits: { sessionsPerUser: 1 }, seed: 2 });
  second.checkSums();
  assert.equal(second.server.waiting.registry.size, 1);
  assert.equal(second.server.counters.restored, 3);
});
