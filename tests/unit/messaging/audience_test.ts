// Users, groups, everybody: who is reached, and what is said of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS_PER_SESSION_MAX } from "../../../src/limits/messaging.ts";
import { Stage } from "../server/stage.ts";
import { openRouted } from "./clients.ts";

function handleOf(stage: Stage, { session }: ReturnType<Stage["open"]>) {
  return stage.app.session(session.id)!;
}

test("a Notification carries the route where the client speaks routes, and is bare elsewhere", () => {
  const stage = new Stage();
  const [routed, plain] = [openRouted(stage, "ann"), stage.open('{"user":"ann"}')];
  const other = openRouted(stage, "bob");
  assert.deepEqual(stage.app.user("ann").send("news", "hi"), { matched: 2, queued: 2, slow: 0 });
  stage.settle();
  assert.deepEqual(routed.heard, ["notification 0 \u0004newshi"]);
  assert.deepEqual([plain.heard, other.heard], [["notification 0 hi"], []]);
});

test("a group reaches those who are in it, until they leave or end, and is gone with the last", () => {
  const stage = new Stage();
  const clients = [stage.open(), stage.open(), stage.open()];
  for (const client of clients) assert(handleOf(stage, client).join("g"));
  assert.equal(stage.app.group("g").broadcast("1").matched, 3);
  assert(handleOf(stage, clients[0]!).leave("g"));
  assert(!handleOf(stage, clients[0]!).leave("g"));
  clients[1]!.connection.terminate();
  stage.settle();
  assert.deepEqual(stage.app.group("g").broadcast("2"), { matched: 1, queued: 1, slow: 0 });
  stage.settle();
  assert.deepEqual(clients[2]!.heard, ["broadcast 0 1", "broadcast 0 2"]);
  clients[2]!.connection.terminate();
  stage.settle();
  assert.equal(stage.app.groups.size, 0);
});

test("exceptions and filters leave sessions out", () => {
  const stage = new Stage();
  const clients = Array.from({ length: 4 }, (_, i) => openRouted(stage, `user ${i % 2}`));
  const sent = stage.app.broadcast("x", {
    except: [clients[0]!.session.id],
    filter: ({ user }) => user === "user 0",
  });
  stage.settle();
  assert.equal(sent.matched, 1);
  assert.deepEqual(clients.map(({ heard }) => heard.length), [0, 0, 1, 0]);
});

test("a session is in at most so many groups, and an ended one in none", () => {
  const stage = new Stage();
  const client = stage.open();
  const handle = handleOf(stage, client);
  for (let i = 0; i < GROUPS_PER_SESSION_MAX; i++) assert(handle.join(`${i}`));
  assert(handle.join("0"), "again is no more");
  assert(!handle.join("one more"));
  assert.equal(handle.groups.size, GROUPS_PER_SESSION_MAX);
  client.connection.terminate();
  stage.settle();
  assert(!handle.join("late"));
  assert.equal(stage.app.groups.size, 0);
});

test("a unicast says queued, slow, or gone", () => {
  const stage = new Stage({
    network: { bufferBytes: 1000 },
    limits: { outboundBytesHigh: 2000, outboundBytesMax: 5000 },
  });
  const client = openRouted(stage);
  const handle = handleOf(stage, client);
  client.connection.pause();
  const sent = Array.from({ length: 12 }, () => handle.send("r", new Uint8Array(900)));
  assert.deepEqual([sent[0], sent.at(-1)], ["queued", "gone"]);
  assert(sent.includes("slow"));
  assert.equal(client.session.ending!.name, "slow_consumer");
});

test("who sends to many while nothing else happens reaches all of them", () => {
  const stage = new Stage();
  const clients = Array.from({ length: 700 }, () => stage.open());
  stage.app.broadcast("all");
  stage.app.broadcast("again");
  stage.run(100);
  for (const { heard } of clients) {
    assert.deepEqual(heard, ["broadcast 0 all", "broadcast 0 again"]);
  }
});

test("connect and disconnect are told once each, of sessions past their handshake alone", () => {
  const told: string[] = [];
  const stage = new Stage({
    routes: (app) => {
      app.on("connect", ({ user }) => told.push(`${user} came`));
      app.on("disconnect", ({ user }, { name }) => told.push(`${user} left: ${name}`));
      app.on("connect", () => {
        throw new Error("A listener of somebody's");
      });
    },
  });
  const client = openRouted(stage, "ann");
  stage.connect().connection.terminate();
  client.connection.terminate();
  stage.settle();
  assert.deepEqual(told, ["ann came", "ann left: transport_lost"]);
  assert.equal(stage.logged("handler failed").length, 1);
});

test("every() calls until it is stopped or the server drains", async () => {
  const stage = new Stage();
  let [calls, others] = [0, 0];
  const stop = stage.app.every(100, () => calls++);
  stage.app.every(100, () => others++);
  stage.run(350);
  stop();
  stage.run(200);
  assert.deepEqual([calls, others], [3, 5]);
  await stage.app.drain();
  stage.run(1000);
  assert.equal(others, 5);
  stage.checkEmpty();
});

test("a kicked client is told to stay away, or when to come back", () => {
  const stage = new Stage();
  const [away, back] = [stage.open(), stage.open()];
  handleOf(stage, away).kick({ message: "Enough" });
  handleOf(stage, back).kick({ retryAfterMs: 5000 });
  stage.settle();
  const { code, name } = away.lastEnd;
  assert.deepEqual(away.lastEnd, { code, name, message: "Enough", reconnect: "no" });
  assert.deepEqual([name, back.lastEnd.reconnect, back.lastEnd.retryAfterMs], [
    "kicked",
    "yes",
    5000,
  ]);
});
