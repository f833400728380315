// Sessions that outlive their connection: the same session again, with what it missed, until its window has passed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { type Client, disconnect, handshake } from "./client.ts";
import { ack, ask, comeBack, lose, open, stageWith } from "./resuming.ts";
import type { Stage } from "./stage.ts";

test("a session that lost its connection waits, and is the same when its client comes back", () => {
  const stage = stageWith();
  const { client, welcome } = open(stage, { user: "ann", tags: { a: "b" }, client: "c/1" });
  const handle = stage.app.session(welcome.session)!;
  handle.join("room");
  handle.data = { score: 1 };
  lose(stage, client);
  assert.deepEqual([handle.state, stage.server.registry.size], ["waiting", 0]);
  assert.equal(stage.logged("session ended").length, 0);
  const back = comeBack(stage, welcome);
  assert.equal(back.welcome.session, welcome.session);
  assert.deepEqual({ ...back.welcome.resume, secret: "" }, {
    secret: "",
    windowMs: 120_000,
    recovered: true,
    gap: false,
  });
  assert.notEqual(back.welcome.resume.secret, welcome.resume.secret);
  assert.equal(stage.app.session(welcome.session), handle);
  const { state, user, tags, client: product, groups, data } = handle;
  assert.deepEqual([state, user, tags, product, [...groups], data], [
    "active",
    "ann",
    { a: "b" },
    "c/1",
    ["room"],
    { score: 1 },
  ]);
  back.client.send(ask(1, "echo", "hi"));
  stage.settle();
  assert.deepEqual(back.client.heard, ["response 1 hi"]);
  assert.equal(stage.logged("session resumed").length, 1);
});

test("what was sent meanwhile comes in order, numbered, behind what was not acknowledged, and before what is new", () => {
  const stage = stageWith();
  const { client, welcome } = open(stage);
  const handle = stage.app.session(welcome.session)!;
  stage.app.broadcast("a");
  handle.send("", "b");
  stage.settle();
  assert.deepEqual(client.heard, ["broadcast 1 a", "notification 2 \u0000b"]);
  client.send(ack(1));
  stage.settle();
  lose(stage, client);
  assert.equal(stage.app.broadcast("c").queued, 1);
  const back = comeBack(stage, welcome, 1);
  stage.app.broadcast("d");
  stage.settle();
  assert.deepEqual(back.client.heard, ["notification 2 \u0000b", "broadcast 3 c", "broadcast 4 d"]);
});

test("what no longer fits is forgotten from the oldest on, and a gap is told", () => {
  const stage = stageWith({ limits: { resumeFramesMax: 2 } });
  const { client, welcome } = open(stage);
  lose(stage, client);
  for (const text of ["a", "b", "c"]) stage.app.broadcast(text);
  const back = comeBack(stage, welcome);
  assert.equal(back.welcome.resume.gap, true);
  assert.deepEqual(back.client.heard, ["broadcast 2 b", "broadcast 3 c"]);

  const bytes = stageWith({ limits: { resumeBytesMax: 1024 } });
  const other = open(bytes);
  lose(bytes, other.client);
  for (let i = 0; i < 5; i++) bytes.app.broadcast("x".repeat(300));
  assert(stage.server.held.outbound <= 1024);
  assert.equal(comeBack(bytes, other.welcome).client.heard.length, 3);
});

test("a session that nobody comes back to ends as resume_expired when its window has passed", () => {
  const stage = stageWith({ limits: { resumeWindowMs: 5000 } });
  const { client, welcome } = open(stage, { user: "ann" });
  stage.app.session(welcome.session)!.join("room");
  lose(stage, client);
  stage.run(4900);
  assert.equal(stage.server.waiting.registry.size, 1);
  stage.run(200);
  assert.equal(stage.closed("resume_expired"), 1);
  assert.deepEqual([stage.server.users.size, stage.app.groups.size], [0, 0]);
  assert.equal(stage.server.held.outbound, 0);
  const back = comeBack(stage, welcome);
  assert.equal(back.welcome.resume.recovered, false);
  assert.notEqual(back.welcome.session, welcome.session);
});

test("an end that is final is final: a Disconnect, a kick, a breach of the protocol", () => {
  const ends: ((stage: Stage, client: Client) => void)[] = [
    (_, client) => client.send(disconnect()),
    (stage, client) => stage.app.session(client.session.id)!.kick(),
    (_, client) => client.send(encodeFrame(FrameType.Ping, 0, 1, new Uint8Array(65))),
    (_, client) => client.send(ack(1)),
  ];
  for (const end of ends) {
    const stage = stageWith();
    const { client, welcome } = open(stage);
    end(stage, client);
    stage.settle();
    assert.equal(stage.server.waiting.registry.size, 0);
    assert.equal(comeBack(stage, welcome).welcome.resume.recovered, false);
  }
});

test("a waiting session can be kicked, and the oldest gives way where too many wait", () => {
  const stage = stageWith({ limits: { resumeSessionsMax: 2 } });
  const lost = [open(stage), open(stage), open(stage)];
  for (const { client } of lost) lose(stage, client);
  assert.equal(stage.closed("resume_expired"), 1);
  assert.equal(comeBack(stage, lost[0]!.welcome).welcome.resume.recovered, false);
  stage.app.session(lost[1]!.welcome.session)!.kick();
  assert.equal(stage.closed("kicked"), 1);
  assert.equal(comeBack(stage, lost[2]!.welcome).welcome.resume.recovered, true);
});

test("a session that is too slow, stale, or breaks in the middle of a frame waits like any other", () => {
  const stage = stageWith({
    network: { bufferBytes: 1000 },
    limits: { outboundBytesHigh: 2000, outboundBytesMax: 300_000, resumeBytesMax: 300_000 },
  });
  const { client, welcome } = open(stage);
  client.connection.pause();
  for (let i = 0; i < 40; i++) stage.app.broadcast(`${i}`.padEnd(10_000));
  stage.settle();
  assert.deepEqual([stage.app.session(welcome.session)!.state], ["waiting"]);
  const back = comeBack(stage, welcome);
  stage.run(5000);
  assert.equal(back.welcome.resume.gap, true);
  assert.equal(back.client.heard.at(-1), "broadcast 40 10000 bytes");
  assert.equal(back.client.heard.length, 29);
});

test("without the feature, or where the server offers none, a lost session has ended", () => {
  const plain = stageWith();
  lose(plain, plain.open("{}"));
  assert.equal(plain.closed("transport_lost"), 1);
  const off = stageWith({ limits: { resumeSessionsMax: 0 } });
  const client = off.connect();
  client.send(handshake('{"features":["resume"]}'));
  off.settle();
  assert.deepEqual(JSON.parse(decodeText(client.frames[0]!.payload)!).features, []);
  lose(off, client);
  assert.equal(off.closed("transport_lost"), 1);
});

test("a drain ends waiting sessions too, and leaves no timer", async () => {
  const stage = stageWith();
  const { client } = open(stage);
  open(stage);
  lose(stage, client);
  const drained = stage.app.drain();
  stage.run(3000);
  await drained;
  assert.equal(stage.closed("draining"), 2);
  stage.checkEmpty();
});

test("what an application says to who comes back follows what was missed", () => {
  const stage = stageWith({
    routes: (app) => app.on("resume", (session) => session.send("news", "welcome back")),
  });
  const { client, welcome } = open(stage);
  lose(stage, client);
  stage.app.broadcast("missed");
  const back = comeBack(stage, welcome);
  assert.deepEqual(back.client.heard, [
    "broadcast 1 missed",
    "notification 2 \u0004newswelcome back",
  ]);
});
