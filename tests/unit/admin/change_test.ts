// Changing sessions over HTTP: whose they are, their tags and data; and ending many of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PACED_KICKS_MAX } from "../../../src/limits/admin.ts";
import { AdminStage } from "./admin_stage.ts";

test("user, tags and data of a session can be set, each for itself", async () => {
  const stage = await AdminStage.open();
  const { session } = stage.open('{"user":"ann","tags":{"a":"1"}}');
  const patch = (body: unknown) => stage.ask(`PATCH /api/v1/sessions/${session.id}`, { body });
  assert.equal((await patch({ user: "bob" })).body["user"], "bob");
  assert.equal(stage.server.users.get("ann").size, 0);
  assert.equal(stage.server.users.get("bob").size, 1);
  assert.deepEqual((await patch({ tags: { b: "2" } })).body["tags"], { b: "2" });
  const { body } = await patch({ data: { level: 3 } });
  assert.deepEqual([body["user"], body["tags"], body["data"]], ["bob", { b: "2" }, { level: 3 }]);
  assert.equal((await patch({ user: "" })).body["user"], "");
  assert.equal(stage.server.users.size, 0);
  assert.equal((await patch({})).status, 200);
});

test("what a Handshake could not say, a change cannot either", async () => {
  const stage = await AdminStage.open({ limits: { sessionsPerUser: 1 } });
  const { session } = stage.open('{"user":"ann"}');
  const path = `PATCH /api/v1/sessions/${session.id}`;
  const tags = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`t${i}`, ""]));
  for (
    const body of [
      ...[{ user: "x".repeat(129) }, { user: 1 }, { tags }, { tags: { a: 1 } }, { id: "x" }],
      ...[{ tags: { a: "x".repeat(65) } }, { data: [] }, { data: { a: "x".repeat(16_384) } }],
    ]
  ) {
    const { status, text } = await stage.ask(path, { body });
    assert.equal(status, 400, text);
  }
  assert.equal((await stage.ask("PATCH /api/v1/sessions/nobody", { body: {} })).status, 404);
  const { id } = stage.connect().session;
  assert.equal((await stage.ask(`PATCH /api/v1/sessions/${id}`, { body: {} })).status, 409);
});

test("a user over its limit gets no session by a change", async () => {
  const policies = { sessionsPerUserPolicy: "refuse" } as const;
  const stage = await AdminStage.open({ limits: { sessionsPerUser: 1 }, policies });
  stage.open('{"user":"ann"}');
  const client = stage.open('{"user":"bob"}');
  const path = `PATCH /api/v1/sessions/${client.session.id}`;
  assert.equal((await stage.ask(path, { body: { user: "ann" } })).status, 409);
  stage.settle();
  assert.equal(client.lastEnd.name, "too_many_for_user");
  stage.checkSums();
});

test("all sessions of a user are kicked, and a ban holds for those who have none", async () => {
  const stage = await AdminStage.open();
  const [ann, other, bob] = ["ann", "ann", "bob"].map((user) => stage.open(`{"user":"${user}"}`));
  const { body } = await stage.ask("DELETE /api/v1/users/ann", { body: { banSeconds: 60 } });
  assert.deepEqual(body, { matched: 2, kicked: 2 });
  stage.settle();
  assert.deepEqual([ann, other].map((client) => client!.lastEnd.name), ["kicked", "kicked"]);
  assert.ok(bob!.session.isOpen);
  const nobody = await stage.ask("DELETE /api/v1/users/eve", { body: { banSeconds: 60 } });
  assert.deepEqual(nobody.body, { matched: 0, kicked: 0 });
  const { bans } = stage.context;
  assert.deepEqual(["ann", "eve", "bob"].map((user) => bans.isBanned("", user, Date.now())), [
    true,
    true,
    false,
  ]);
});

test("a filter kicks those who match; a dry run only counts them", async () => {
  const stage = await AdminStage.open();
  for (const user of ["ann", "ann", "bob"]) stage.open(`{"user":"${user}"}`);
  const kick = (body: unknown) => stage.ask("POST /api/v1/kick", { body });
  const filter = { user: "ann" };
  assert.deepEqual((await kick({ filter, dryRun: true })).body, { matched: 2, kicked: 0 });
  assert.equal(stage.server.registry.size, 3);
  assert.deepEqual((await kick({ filter, message: "Bye" })).body, { matched: 2, kicked: 2 });
  assert.equal(stage.server.registry.size, 1);
  assert.deepEqual((await kick({ filter: {} })).body, { matched: 1, kicked: 1 });
  for (const body of [{}, { filter: { usr: "a" } }, { filter: {}, ratePerSecond: 0 }]) {
    assert.equal((await kick(body)).status, 400);
  }
});

test("kicks at a rate go on after the answer, one step at a time, and end with the API", async () => {
  const stage = await AdminStage.open();
  for (let i = 0; i < 30; i++) stage.open();
  const kick = () => stage.ask("POST /api/v1/kick", { body: { filter: {}, ratePerSecond: 10 } });
  const { status, body } = await kick();
  assert.deepEqual([status, body], [202, { matched: 30, kicked: 0 }]);
  assert.equal(stage.server.registry.size, 30);
  stage.run(1050);
  assert.equal(stage.server.registry.size, 19);
  stage.run(3000);
  assert.equal(stage.server.registry.size, 0);
  assert.equal(stage.context.pacedKicks.running, 0);
  for (let i = 0; i < 5; i++) stage.open();
  for (let i = 0; i < PACED_KICKS_MAX; i++) assert.equal((await kick()).status, 202);
  assert.equal((await kick()).status, 429);
  stage.context.close();
  stage.run(1000);
  assert.equal(stage.server.registry.size, 5);
});
