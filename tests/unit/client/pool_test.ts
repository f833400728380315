// Several clients as one: who gets a call, what happens when one is lost, and how it drains.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { Client } from "../../../src/client/client.ts";
import { Pool } from "../../../src/client/pool.ts";
import { encodeEnd } from "../../../src/codec/end_payload.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { Peer } from "./peer.ts";
import { errorFrame, Stage } from "./stage.ts";

function pool(stage: Stage, size: number, peers: Peer[] = [stage.peer]): Pool {
  const addresses = peers.map(({ address }) => address);
  return new Pool({ addresses, size }, (options) => new Client(options, stage.platform));
}

function running(peer: Peer): number[] {
  return peer.sessions.map(({ runs }) => runs.size);
}

test("members are dealt out to the servers in turn, and calls to the least busy member", async () => {
  const stage = new Stage({ answerMs: null });
  const other = new Peer(stage.world, stage.transport, { answerMs: null });
  const members = pool(stage, 3, [stage.peer, other]);
  await stage.run();
  assert.deepEqual([stage.peer.sessions.length, other.sessions.length], [2, 1]);
  for (let index = 0; index < 9; index++) members.request("", "x").catch(() => {});
  await stage.run();
  assert.deepEqual([...running(stage.peer), ...running(other)], [3, 3, 3]);
});

test("a member without a connection gets no calls while another one has it", async () => {
  const stage = new Stage();
  const other = new Peer(stage.world, stage.transport);
  const members = pool(stage, 2, [stage.peer, other]);
  await stage.run();
  other.stop();
  stage.world.streamOf(other.last.connection).reset();
  await stage.run();
  assert.deepEqual(members.states.map(({ state }) => state), ["open", "waiting"]);
  for (let index = 0; index < 5; index++) {
    const answer = members.request("", `${index}`);
    await stage.run();
    assert.equal(decodeText(await answer), `re: ${index}`);
  }
  members.notify("", "x");
  await stage.run();
  assert.deepEqual(running(stage.peer), [5]);
  other.start();
  await stage.run(20_000);
  assert.deepEqual(members.states.map(({ state }) => state), ["open", "open"]);
});

test("a member whose server drains gets no more calls while another one is open", async () => {
  const stage = new Stage();
  const other = new Peer(stage.world, stage.transport);
  const members = pool(stage, 2, [stage.peer, other]);
  await stage.run();
  const bye = encodeEnd("draining", "Bye", { retryAfterMs: 3_000 });
  stage.peer.last.send(encodeFrame(FrameType.Disconnect, 0, 0, bye));
  await stage.run();
  assert.deepEqual(members.states.map(({ state }) => state), ["leaving", "open"]);
  const answers = [1, 2, 3].map((ask) => members.request("", `${ask}`));
  await stage.run();
  await Promise.all(answers);
  assert.deepEqual(running(other), [3]);
});

test("close() takes no more calls, and waits for the answers of those that run", async () => {
  const stage = new Stage({ answerMs: 3_000 });
  const members = pool(stage, 2);
  await stage.run();
  const answer = members.request("", "x");
  let isClosed = false;
  members.close().then(() => isClosed = true);
  await assert.rejects(members.request("", "y"), { name: "cancelled" });
  await stage.run(2_900);
  assert.equal(isClosed, false);
  await stage.run(200);
  assert.equal(decodeText(await answer), "re: x");
  assert.equal(isClosed, true);
  assert.equal(stage.world.openStreams.size, 0);
});

test("a pool whose every member is closed tells why", async () => {
  const stage = new Stage({ refuse: () => errorFrame("banned") });
  const members = pool(stage, 2);
  await stage.run(100);
  await assert.rejects(members.request("", "x"), { name: "banned", by: "server" });
});

test("a pool has at least one address, and a size within its bounds", () => {
  const stage = new Stage();
  assert.throws(() => pool(stage, 1, []), RangeError);
  assert.throws(() => pool(stage, 0), RangeError);
  assert.throws(() => pool(stage, 257), RangeError);
});
