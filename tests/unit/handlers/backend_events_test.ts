// What a backend is told of sessions: everything, in order for each user, again where it failed, and not for ever.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BackendClient } from "../../../src/handlers/backend_client.ts";
import { BackendEvents } from "../../../src/handlers/backend_events.ts";
import { listenFor } from "../../../src/handlers/backend_listener.ts";
import {
  type BackendEventName,
  EVENT_PAUSES_MS,
  EVENTS_AT_ONCE,
  EVENTS_WAITING_MAX,
  GENERATIONS_PER_MS,
} from "../../../src/limits/handlers.ts";
import type { Log } from "../../../src/observe/log.ts";
import { type Client, disconnect } from "../server/client.ts";
import { comeBack, lose, open } from "../server/resuming.ts";
import { Stage } from "../server/stage.ts";
import { type Asked, clockOf, exchanged, ScriptedBackend } from "./scripted_backend.ts";

const NOW = 1_800_000_000_000;

/** The generation of the first connect. */
const FIRST = NOW * GENERATIONS_PER_MS + 1;

function stageWith(names: readonly BackendEventName[] = ["connect", "disconnect"]) {
  const scripted = new ScriptedBackend();
  let events!: BackendEvents;
  const stage: Stage = new Stage({
    routes(app) {
      const clock = clockOf(() => stage);
      const log: Log = (level, event, fields) => void stage.log.push({ level, event, fields });
      const client = new BackendClient({
        url: "http://backend.example/",
        timeoutMs: 1000,
        concurrency: 256,
        fetch: scripted.fetch,
        clock,
        log,
        latencies: new Map(),
      });
      events = new BackendEvents({ client, clock, log });
      listenFor(app, names, events, () => NOW);
    },
  });
  return { stage, scripted, events };
}

/** An event as one line: its name, its user, its generation since `FIRST`. */
function lineOf({ headers }: Asked): string {
  return `${headers["x-event"]} ${headers["x-user"]} ${Number(headers["x-generation"]) - FIRST}`;
}

/** How many events were lost, each time one was. */
function lost(stage: Stage): unknown[] {
  return stage.logged("backend failed").flatMap(({ eventsLost = [] }) => eventsLost);
}

function leave(client: Client): void {
  client.connection.terminate();
}

test("a connect and a disconnect are posted as JSON, with the generation of that connect", async () => {
  const { stage, scripted } = stageWith();
  scripted.auto = (asked) => asked.answer(204);
  const client = stage.open('{"user":"zoë","client":"test/1","tags":{"a":"b"}}');
  await exchanged(stage);
  leave(client);
  await exchanged(stage);
  const { session } = client;
  const [came, left] = scripted.asked;
  assert.deepEqual(came!.headers, {
    "content-type": "application/json",
    "x-event": "connect",
    "x-generation": String(FIRST),
    "x-session-id": session.id,
    "x-user": "zo%C3%AB",
  });
  const told = {
    generation: FIRST,
    session: session.id,
    user: "zoë",
    client: "test/1",
    tags: { a: "b" },
    address: `${session.peer.host}:${session.peer.port}`,
    node: "node-1",
    at: new Date(NOW).toISOString(),
  };
  assert.deepEqual(JSON.parse(came!.body), { event: "connect", ...told });
  assert.deepEqual(JSON.parse(left!.body), {
    event: "disconnect",
    ...told,
    name: "transport_lost",
    by: "network",
  });
});

test("a session that only lost its connection has not left, and its resume has its generation", async () => {
  const { stage, scripted } = stageWith(["connect", "disconnect", "resume"]);
  scripted.auto = (asked) => asked.answer(204);
  const { client, welcome } = open(stage, { user: "ann" });
  lose(stage, client);
  await exchanged(stage);
  const back = comeBack(stage, welcome);
  back.client.send(disconnect());
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf), [
    "connect ann 0",
    "resume ann 0",
    "disconnect ann 0",
  ]);
});

test("a session older than the process is between what was before and what connects from now on", async () => {
  const { stage, scripted, events } = stageWith([]);
  scripted.auto = (asked) => asked.answer(204);
  const old = stage.open('{"user":"ann"}');
  listenFor(stage.app, ["connect", "disconnect"], events, () => NOW);
  stage.open('{"user":"ann"}');
  leave(old);
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf), ["connect ann 0", "disconnect ann -1"]);
});

test("a late disconnect can be told from a new connect of the same user", async () => {
  const { stage, scripted } = stageWith();
  scripted.auto = (asked) => asked.answer(204);
  const first = stage.open('{"user":"ann"}');
  stage.open('{"user":"ann"}');
  leave(first);
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf), [
    "connect ann 0",
    "connect ann 1",
    "disconnect ann 0",
  ]);
});

test("events of one user are in order, and those of others do not wait for them", async () => {
  const { stage, scripted } = stageWith();
  const ann = stage.open('{"user":"ann"}');
  leave(ann);
  stage.open('{"user":"bob"}');
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf), ["connect ann 0", "connect bob 1"]);
  scripted.asked[0]!.answer(200);
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf).at(-1), "disconnect ann 0");
});

test("sessions without a user have an order each", async () => {
  const { stage, scripted } = stageWith();
  leave(stage.open());
  leave(stage.open());
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf), ["connect  0", "connect  1"]);
});

test("only what is asked for is told, and generations grow all the same", async () => {
  const { stage, scripted } = stageWith(["disconnect"]);
  stage.open('{"user":"ann"}');
  leave(stage.open('{"user":"ann"}'));
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(lineOf), ["disconnect ann 1"]);
});

test("an event that fails is tried again after each pause, before those behind it, and lost in the end", async () => {
  const { stage, scripted, events } = stageWith();
  scripted.auto = (asked) => asked.answer(500);
  leave(stage.open('{"user":"ann"}'));
  await exchanged(stage);
  for (const [index, pauseMs] of EVENT_PAUSES_MS.entries()) {
    assert.equal(scripted.asked.length, 1 + index);
    stage.run(pauseMs);
    await exchanged(stage);
  }
  assert.deepEqual(scripted.asked.map(lineOf), [
    ...Array(1 + EVENT_PAUSES_MS.length).fill("connect ann 0"),
    "disconnect ann 0",
  ]);
  assert.deepEqual(lost(stage), [1]);
  scripted.auto = (asked) => asked.answer(200);
  stage.run(EVENT_PAUSES_MS[0]!);
  await exchanged(stage);
  await events.idle();
  assert.deepEqual(lost(stage), [1]);
});

test("a 4xx is an answer: the event is not sent again", async () => {
  const { stage, scripted, events } = stageWith();
  scripted.auto = (asked) => asked.answer(404);
  stage.open();
  await exchanged(stage);
  await events.idle();
  stage.run(60_000);
  assert.equal(scripted.asked.length, 1);
});

test("no more than so many are sent at once, and no more wait than the bound", async () => {
  const { stage, scripted, events } = stageWith();
  const push = (key: string) => events.push({ key, headers: {}, body: key });
  for (let i = 0; i < EVENTS_WAITING_MAX; i++) push(`${i}`);
  await exchanged(stage);
  assert.equal(scripted.asked.length, EVENTS_AT_ONCE);
  assert.deepEqual(lost(stage), []);
  push("one more");
  assert.deepEqual(lost(stage), [1]);
});

test("a drain waits until the backend heard who left, within the grace", async () => {
  const { stage, scripted } = stageWith();
  stage.open('{"user":"ann"}');
  await exchanged(stage);
  scripted.asked[0]!.answer(200);
  await exchanged(stage);
  let isDrained = false;
  stage.app.drain().then(() => isDrained = true);
  await exchanged(stage);
  assert.deepEqual([scripted.asked.map(lineOf).at(-1), isDrained], ["disconnect ann 0", false]);
  scripted.asked[1]!.answer(200);
  await exchanged(stage);
  assert.equal(isDrained, true);
  stage.checkEmpty();
});

test("a backend that does not answer keeps no server from ending", async () => {
  const { stage } = stageWith(["disconnect"]);
  stage.open('{"user":"ann"}');
  let isDrained = false;
  stage.app.drain().then(() => isDrained = true);
  await exchanged(stage);
  stage.run(stage.limits.drainGraceMs);
  await exchanged(stage);
  assert.equal(isDrained, true);
});
