// How much a backend is asked to bear: calls at once, a line before them, and nothing while it is down.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BACKEND_WAITING_MAX,
  BREAKER_FAILURES,
  BREAKER_REST_MS,
} from "../../../src/limits/handlers.ts";
import { ask, openRouted, tell } from "../messaging/clients.ts";
import { stageWith, TIMEOUT_MS } from "./backend_stage.ts";
import { exchanged } from "./scripted_backend.ts";

test("a session that is gone gives its calls up, those in the line too", async () => {
  const { stage, scripted, client } = stageWith(1);
  const other = openRouted(stage);
  client.send(ask(1, "a"), ask(2, "a"));
  await exchanged(stage);
  other.send(ask(3, "a"));
  await exchanged(stage);
  client.connection.terminate();
  await exchanged(stage);
  assert.equal(scripted.asked[0]!.isAborted, true);
  assert.equal(scripted.asked.length, 2, "the second call of who is gone was never made");
  scripted.asked[1]!.answer(200, "yes");
  await exchanged(stage);
  assert.deepEqual(other.heard, ["response 3 yes"]);
});

test("no more calls at once than allowed, the others in order, and a line that moves too slowly is left", async () => {
  const { stage, scripted, client } = stageWith(2);
  for (let id = 1; id <= 5; id++) client.send(ask(id, "a", `${id}`));
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(({ body }) => body), ["1", "2"]);
  scripted.asked[1]!.answer(200);
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(({ body }) => body), ["1", "2", "3"]);
  stage.run(TIMEOUT_MS);
  await exchanged(stage);
  assert.equal(client.heard.filter((line) => line.endsWith("backend_unavailable")).length, 4);
  assert.equal(scripted.asked.length, 3);
});

test("a full line is 2004 at once", async () => {
  const { stage, scripted, client } = stageWith(1, { limits: { requestsInFlight: 10_000 } });
  for (let id = 0; id <= BACKEND_WAITING_MAX; id++) client.send(tell("a"));
  // Several, since handlers that are behind hold back the reading of their session.
  const others = Array.from({ length: 6 }, () => openRouted(stage));
  for (const other of others) for (let id = 0; id < 1000; id++) other.send(ask(id, "a"));
  await exchanged(stage);
  assert.equal(scripted.asked.length, 1);
  const refused = others.flatMap(({ heard }) => heard).filter((line) =>
    line.endsWith("backend_unavailable")
  );
  assert(refused.length > 0, "somebody finds the line full");
});

test("after failures in a row nobody is asked, then one, and with its answer everybody again", async () => {
  const { stage, scripted, client } = stageWith();
  scripted.auto = (asked) => asked.refuse();
  for (let id = 1; id <= BREAKER_FAILURES; id++) {
    client.send(ask(id, "a"));
    await exchanged(stage);
  }
  assert.deepEqual(stage.logged("backend"), [{ origin: "http://backend.example", state: "down" }]);
  client.send(ask(100, "a"));
  await exchanged(stage);
  assert.equal(scripted.asked.length, BREAKER_FAILURES);
  assert.equal(client.heard.at(-1), "error 100 backend_unavailable");
  scripted.auto = undefined;
  stage.run(BREAKER_REST_MS);
  client.send(ask(101, "a"), ask(102, "a"));
  await exchanged(stage);
  assert.equal(scripted.asked.length, BREAKER_FAILURES + 1, "one finds out");
  assert.equal(client.heard.at(-1), "error 102 backend_unavailable");
  scripted.asked.at(-1)!.answer(200, "back");
  await exchanged(stage);
  assert.equal(client.heard.at(-1), "response 101 back");
  scripted.auto = (asked) => asked.answer(200);
  client.send(ask(103, "a"), ask(104, "a"));
  await exchanged(stage);
  assert.deepEqual(client.heard.slice(-2), ["response 103", "response 104"]);
  assert.deepEqual(stage.logged("backend").at(-1), {
    origin: "http://backend.example",
    state: "up",
  });
});

test("a failure now and then, and a 4xx, open nothing", async () => {
  const { stage, scripted, client } = stageWith();
  for (let id = 1; id <= 3 * BREAKER_FAILURES; id++) {
    scripted.auto = (asked) => id % 2 ? asked.refuse() : asked.answer(404);
    client.send(ask(id, "a"));
    await exchanged(stage);
  }
  assert.deepEqual(stage.logged("backend"), []);
  assert.equal(scripted.asked.length, 3 * BREAKER_FAILURES);
});

test("a call that finds out and is given up lets the next one find out", async () => {
  const { stage, scripted, client } = stageWith();
  const other = openRouted(stage);
  scripted.auto = (asked) => asked.refuse();
  for (let id = 1; id <= BREAKER_FAILURES; id++) {
    client.send(ask(id, "a"));
    await exchanged(stage);
  }
  scripted.auto = undefined;
  stage.run(BREAKER_REST_MS);
  client.send(ask(50, "a"));
  await exchanged(stage);
  client.connection.terminate();
  await exchanged(stage);
  other.send(ask(51, "a"));
  await exchanged(stage);
  scripted.asked.at(-1)!.answer(200, "back");
  await exchanged(stage);
  assert.deepEqual(other.heard, ["response 51 back"]);
});
