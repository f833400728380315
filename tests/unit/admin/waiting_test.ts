// Sessions that wait for their clients to come back: seen, reached, ended, and in the timeline of their users.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOVES_MAX } from "../../../src/limits/admin.ts";
import { comeBack, lose, open } from "../server/resuming.ts";
import { AdminStage } from "./admin_stage.ts";

/** Ann's session waits. */
async function waiting() {
  const stage = await AdminStage.open({ limits: { resumeWindowMs: 60_000 } });
  const { client, welcome } = open(stage, { user: "ann" });
  lose(stage, client);
  return { stage, welcome, path: `/api/v1/sessions/${welcome.session}` };
}

test("a session that waits is listed, shown and counted as such", async () => {
  const { stage, path, welcome } = await waiting();
  const { items } = await stage.ask("GET /api/v1/sessions?state=waiting&user=ann");
  assert.deepEqual(items.map(({ id, state }) => [id, state]), [[welcome.session, "waiting"]]);
  assert.equal((await stage.ask(`GET ${path}`)).body["state"], "waiting");
  const { sessions } = (await stage.ask("GET /api/v1/server")).body;
  assert.deepEqual(sessions, { total: 0, connecting: 0, active: 0, idle: 0, waiting: 1 });
  assert.match((await stage.ask("GET /metrics")).text, /^tcp_server_sessions_waiting 1$/m);
});

test("what is sent to a session that waits is there when its client comes back", async () => {
  const { stage, path, welcome } = await waiting();
  const sent = await stage.ask(`POST ${path}/send`, { body: { text: "one" } });
  assert.deepEqual(sent.body, { result: "queued" });
  const { body } = await stage.ask("POST /api/v1/broadcast", { body: { text: "two" } });
  assert.deepEqual(body, { matched: 1, queued: 1, slow: 0 });
  const { client } = comeBack(stage, welcome);
  stage.settle();
  assert.deepEqual(client.heard, ["notification 1 \u0000one", "broadcast 2 two"]);
  assert.match((await stage.ask("GET /metrics")).text, /^tcp_server_resume_total.*recovered.* 1$/m);
});

test("a session that waits is changed, and kicked one by one, by its user, and by a filter", async () => {
  for (
    const [what, body] of [
      ["DELETE /api/v1/sessions/ID", {}],
      ["DELETE /api/v1/users/bob", {}],
      ["POST /api/v1/kick", { filter: { state: "waiting" } }],
    ] as const
  ) {
    const { stage, path, welcome } = await waiting();
    const changed = await stage.ask(`PATCH ${path}`, { body: { user: "bob" } });
    assert.equal(changed.body["user"], "bob");
    assert.equal((await stage.ask(what.replace("ID", welcome.session), { body })).status, 200);
    assert.equal((await stage.ask(`GET ${path}`)).status, 404, what);
    const { items: [closed] } = await stage.ask("GET /api/v1/closed");
    assert.deepEqual([closed!["user"], closed!["name"], closed!["by"]], ["bob", "kicked", "admin"]);
    stage.checkSums();
  }
});

test("the timeline tells what came between the connect and the end", async () => {
  const { stage, welcome } = await waiting();
  const { client } = comeBack(stage, welcome);
  lose(stage, client);
  stage.run(61_000);
  const { items } = await stage.ask("GET /api/v1/users/ann/timeline");
  assert.deepEqual(items.map(({ event }) => event), [
    "connected",
    "waiting",
    "resumed",
    "waiting",
    "ended",
  ]);
  assert.equal(items[1]!["message"], "The connection was reset");
  const { name, by } = items[4]!["ended"] as Record<string, unknown>;
  assert.deepEqual([name, by], ["resume_expired", "network"]);
  assert.match((await stage.ask("GET /metrics")).text, /^tcp_server_resume_total.*expired.* 1$/m);
});

test("listeners hear of sessions that wait, and of those that are resumed", async () => {
  const { stage, welcome } = await waiting();
  const { body } = await stage.fetch("GET /api/v1/events");
  const { client } = comeBack(stage, welcome);
  lose(stage, client);
  stage.context.close();
  const text = await new Response(body).text();
  assert.match(text, /event: resumed\n.*"user":"ann"[^]*event: waiting\n.*"name":"transport_lost"/);
});

test("who was banned while away does not come back", async () => {
  const { stage, welcome } = await waiting();
  await stage.ask("POST /api/v1/bans", { body: { user: "ann" } });
  const { client } = comeBack(stage, welcome);
  assert.equal(client.session.ending?.name, "banned");
});

test("the moves that are remembered are bounded, and the oldest are forgotten first", async () => {
  const { stage, welcome } = await waiting();
  const { session } = comeBack(stage, welcome).client;
  const { history } = stage.context;
  for (let i = 0; i < MOVES_MAX; i++) history.watch({ type: "resumed", session });
  assert.equal(history.moves.length, MOVES_MAX);
  assert.equal(history.moves.at(0)!.event, "resumed");
});
