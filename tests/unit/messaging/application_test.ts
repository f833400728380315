// What an application does beside serving routes: timers, the drain, its log, what it may listen to.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "../../../src/messaging/app.ts";
import { Stage } from "../server/stage.ts";
import { ask, deferred, openRouted, settled } from "./clients.ts";

test("every() goes on until it is stopped, or the server drains, whatever the work throws", () => {
  let ran = 0;
  const stage = new Stage();
  const stop = stage.app.every(100, () => {
    ran++;
    throw new Error("no harm");
  });
  stage.run(350);
  assert.equal(ran, 3);
  stop();
  stage.run(350);
  assert.equal(ran, 3);
  stage.app.every(100, () => ran++);
  stage.app.drain();
  stage.run(350);
  assert.equal(ran, 3);
  stage.checkEmpty();
});

test("every() takes a millisecond or more", () => {
  const { app } = new Stage();
  for (const ms of [0, -1, NaN]) assert.throws(() => app.every(ms, () => {}), RangeError);
});

test("what onDrain() is given still reaches the sessions, and is waited for", async () => {
  const gate = deferred();
  const stage = new Stage();
  const client = openRouted(stage);
  stage.app.onDrain(() => void stage.app.broadcast("good bye"));
  stage.app.onDrain(() => gate.promise);
  stage.app.onDrain(() => {
    throw new Error("no harm");
  });
  let isDrained = false;
  stage.app.drain().then(() => isDrained = true);
  await settled(stage);
  assert.deepEqual(client.heard.slice(0, 2).toSorted(), [
    "broadcast 0 good bye",
    "disconnect 0 draining",
  ]);
  assert.equal(isDrained, false);
  gate.resolve();
  await settled(stage);
  assert.equal(isDrained, true);
  stage.checkEmpty();
});

test("what onDrain() is given holds the end up for the grace, and no longer", async () => {
  const stage = new Stage({ limits: { drainGraceMs: 1000 } });
  stage.app.onDrain(() => new Promise(() => {}));
  let isDrained = false;
  stage.app.drain().then(() => isDrained = true);
  await settled(stage);
  stage.run(900);
  await settled(stage);
  assert.equal(isDrained, false);
  stage.run(200);
  await settled(stage);
  assert.equal(isDrained, true);
});

test("there are no other events than those that are named", () => {
  const { app } = new Stage();
  const on = app.on as (event: string, listener: () => void) => void;
  assert.throws(
    () => on.call(app, "conect", () => {}),
    /^Error: Cannot listen to "conect": the events are connect, resume, move, disconnect$/,
  );
});

test("listeners hear of sessions past their handshake, and until they let go", () => {
  const told: string[] = [];
  const stage = new Stage();
  const stop = stage.app.on("connect", ({ user }) => told.push(`came ${user}`));
  stage.app.on("disconnect", ({ user }, { name }) => told.push(`left ${user} ${name}`));
  const silent = stage.connect();
  const ann = openRouted(stage, "ann");
  stop();
  openRouted(stage, "bob");
  for (const { connection } of [silent, ann]) connection.terminate();
  stage.settle();
  assert.deepEqual(told, ["came ann", "left ann transport_lost"]);
});

test("lines of an application's log are its own, with the session and the route in a handler's", () => {
  const stage = new Stage({
    routes(app: App) {
      app.log.info("ready", { by: "test" });
      app.route("a", (c) => c.log.warning("odd"));
    },
  });
  const client = openRouted(stage);
  client.send(ask(1, "a"));
  stage.settle();
  assert.deepEqual(stage.logged("application"), [
    { message: "ready", by: "test" },
    { message: "odd", session: client.session.id, route: "a" },
  ]);
});

test("bytes that no route is made of match no pattern", () => {
  const stage = new Stage({ routes: (app) => app.route("*", () => "any") });
  const client = openRouted(stage);
  ["a.b", "A", "a b", "a..b", "é", "\u0000"].forEach((name, id) => client.send(ask(id, name)));
  stage.settle();
  assert.deepEqual(client.heard, [
    "response 0 any",
    ...[1, 2, 3, 4, 5].map((id) => `error ${id} no_route`),
  ]);
});
