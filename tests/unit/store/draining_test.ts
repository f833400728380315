// What happens to sessions that are kept while their server drains: what runs is answered, and nothing runs twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { disconnect, frame } from "../server/client.ts";
import { Disk } from "./memory_store.ts";
import { ask, comeBack, lose, open, settled, stageOn } from "./resuming.ts";

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

test("a client that says goodbye while the server drains is not waited for by the next one", async () => {
  const disk = new Disk();
  const first = stageOn(disk, {
    limits: { drainGraceMs: 1000 },
    routes: (app) => app.route("never", () => new Promise<string>(() => {})),
  });
  const { client } = open(first);
  client.send(ask(1, "never"));
  first.settle();
  const drained = first.app.drain();
  first.settle();
  client.send(disconnect());
  first.run(4000);
  await drained;
  first.checkEmpty();
  assert.deepEqual([first.closed("normal"), disk.rows.size], [1, 0]);
});

test("what runs while the server drains is answered also where the window is shorter than the grace", async () => {
  const disk = new Disk();
  const gate = Promise.withResolvers<void>();
  const first = stageOn(disk, {
    limits: { resumeWindowMs: 1000, drainGraceMs: 5000 },
    routes: (app) => app.route("slow", async () => (await gate.promise, "done")),
  });
  const { client } = open(first);
  client.send(ask(1, "slow"));
  first.settle();
  const drained = first.app.drain();
  first.run(3000);
  gate.resolve();
  await settled();
  first.run(3000);
  await drained;
  assert.deepEqual(client.heard.slice(1, 2), ["response 1 done"]);
});
