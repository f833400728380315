// Sessions that outlive their connection, and what a client is told when they do not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import type { Client } from "../../../src/client/client.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { Stage } from "./stage.ts";

interface Heard {
  readonly news: string[];
  readonly gaps: unknown[];
}

function hear(client: Client): Heard {
  const heard: Heard = { news: [], gaps: [] };
  client.on("broadcast", ({ body }) => void heard.news.push(decodeText(body)!));
  client.on("gap", (gap) => void heard.gaps.push(gap));
  return heard;
}

/** Loses the connection and comes back. */
async function lose(stage: Stage, client: Client): Promise<void> {
  stage.reset();
  await stage.run(10);
  await stage.until(() => client.state.state === "open");
}

test("a client comes back with its session, its newest secret and the last number it saw", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const { news, gaps } = hear(client);
  stage.peer.broadcast("one");
  await stage.run();
  await lose(stage, client);
  const resume = (received: number, secret: string) => ({ session: "session-1", secret, received });
  assert.deepEqual(stage.peer.last.handshake["resume"], resume(1, "session-1/1"));
  stage.peer.broadcast("two");
  await stage.run();
  await lose(stage, client);
  assert.deepEqual(stage.peer.last.handshake["resume"], resume(2, "session-1/2"));
  assert.deepEqual([news, gaps], [["one", "two"], []]);
});

test("what was sent meanwhile comes after the recovery, and what comes twice is dropped", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const { news, gaps } = hear(client);
  stage.peer.broadcast("one");
  await stage.run();
  stage.reset();
  await stage.run(10);
  stage.peer.broadcast("two");
  await stage.run(2_000);
  for (const sequence of [1, 2]) {
    stage.peer.last.send(encodeFrame(FrameType.Broadcast, 0, sequence, encodeText("again")));
  }
  stage.peer.broadcast("three");
  await stage.run();
  assert.deepEqual([news, gaps], [["one", "two", "three"], []]);
});

test("a hole in the numbers is a gap, told once, with how many are missing", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const { news, gaps } = hear(client);
  const session = stage.peer.sessions[0]!;
  stage.peer.broadcast("one");
  session.sequence += 2;
  stage.peer.broadcast("four");
  await stage.run();
  assert.deepEqual(news, ["one", "four"]);
  assert.deepEqual(gaps, [{ missed: 2, fresh: false }]);
});

test("a gap that the server tells of is told once, although a hole follows", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const { news, gaps } = hear(client);
  stage.reset();
  await stage.run(10);
  for (const text of ["one", "two", "three"]) stage.peer.broadcast(text);
  stage.peer.sessions[0]!.kept.splice(0, 2);
  await stage.run(2_000);
  assert.deepEqual(news, ["three"]);
  assert.deepEqual(gaps, [{ missed: null, fresh: false }]);
});

test("a gap is told once although connection after connection is lost before a frame comes", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const { news, gaps } = hear(client);
  stage.reset();
  await stage.run(10);
  for (const text of ["one", "two"]) stage.peer.broadcast(text);
  stage.peer.sessions[0]!.kept = [{ sequence: 2, frame: new Uint8Array(0) }];
  for (let i = 0; i < 3; i++) {
    await stage.until(() => client.state.state === "open");
    await lose(stage, client);
  }
  stage.peer.broadcast("three");
  await stage.run();
  assert.deepEqual(news, ["three"]);
  assert.deepEqual(gaps, [{ missed: null, fresh: false }]);
});

test("frames are acknowledged after 64 of them, after 64 KiB, and with a heartbeat", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const { acks } = stage.peer.sessions[0]!;
  for (let index = 0; index < 63; index++) stage.peer.broadcast("x");
  await stage.run();
  assert.deepEqual(acks, []);
  stage.peer.broadcast("x");
  await stage.run();
  assert.deepEqual(acks, [64]);
  stage.peer.broadcast("y".repeat(60_000));
  await stage.run();
  assert.deepEqual(acks, [64]);
  stage.peer.broadcast("y".repeat(6_000));
  await stage.run();
  assert.deepEqual(acks, [64, 66]);
  stage.peer.broadcast("z");
  stage.peer.last.send(encodeFrame(FrameType.Ping, 0, 9, new Uint8Array(0)));
  await stage.run();
  assert.deepEqual(acks, [64, 66, 67]);
  stage.peer.last.send(encodeFrame(FrameType.Ping, 0, 10, new Uint8Array(0)));
  await stage.run();
  assert.deepEqual(acks, [64, 66, 67], "nothing new, nothing to say");
  const trip = client.ping();
  await stage.run();
  await trip;
  assert.deepEqual(acks, [64, 66, 67, 67]);
});

test("a request without an answer is sent again after a recovery, under its id, and runs once", async () => {
  const stage = new Stage({ answerMs: 5_000 });
  const client = await stage.open();
  const answer = client.request("", "x");
  await stage.run(100);
  await lose(stage, client);
  await stage.run();
  assert.deepEqual(stage.peer.last.heard, ["handshake 0", "ping 1", "request 1 \0x"]);
  await stage.run(10_000);
  assert.equal(decodeText(await answer), "re: x");
  assert.deepEqual([...stage.peer.sessions[0]!.runs.values()], [1]);
});

test("after a fresh session a request that may have run fails, unless it may run twice; the rest goes on", async () => {
  const stage = new Stage({ answerMs: 1_000 });
  const client = await stage.open();
  const { gaps } = hear(client);
  const once = assert.rejects(client.request("", "once"), {
    code: 2006,
    name: "answer_lost",
    by: "client",
  });
  const twice = client.request("", "twice", { retryUnanswered: true });
  await stage.run(100);
  stage.reset();
  stage.peer.sessions[0]!.secrets = [];
  await stage.run(10);
  const unsent = client.request("", "unsent");
  await stage.run(5_000);
  await once;
  assert.equal(decodeText(await twice), "re: twice");
  assert.equal(decodeText(await unsent), "re: unsent");
  assert.deepEqual(stage.peer.last.heard, [
    "handshake 0",
    "request 2 \0twice",
    "request 3 \0unsent",
  ]);
  assert.deepEqual(gaps, [{ missed: null, fresh: true }]);
});

test("without resume a request that was sent fails as soon as the connection is lost", async () => {
  const stage = new Stage({ features: ["routes"], answerMs: null });
  const client = await stage.open();
  const { gaps } = hear(client);
  const lost = assert.rejects(client.request("", "x"), { name: "answer_lost" });
  await stage.run();
  stage.reset();
  await stage.run(10);
  await lost;
  assert.equal(client.state.state, "waiting");
  await stage.run(2_000);
  assert.deepEqual(gaps, [{ missed: null, fresh: true }]);
});

test("what nobody resumes is told in no Handshake", async () => {
  const stage = new Stage();
  const client = await stage.open({
    features: ["routes"],
    user: "ada",
    tags: { device: "t1" },
    client: "test/1",
    heartbeatMs: 20_000,
  });
  assert.deepEqual(stage.peer.last.handshake, {
    protocol: 1,
    features: ["routes"],
    client: "test/1",
    user: "ada",
    tags: { device: "t1" },
    heartbeatMs: 20_000,
  });
  await client.ready();
});
