// What is done through the front of several workers: to one session, to many, and to the list of bans.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestError } from "../../../../src/codec/request_error.ts";
import { BUS_DEADLINE_MS } from "../../../../src/limits/bus.ts";
import { type Client, handshake } from "../../server/client.ts";
import { WorkersStage, type WorkerStage } from "./workers_stage.ts";

/** Lets everything be said that is on its way. */
function settle(stage: WorkersStage): void {
  for (const worker of stage.workers) worker.settle();
}

/** On two workers: two sessions of Ann, one on each, and one of Bob. */
async function three() {
  const stage = await WorkersStage.open(2);
  const [one, two] = stage.workers as [WorkerStage, WorkerStage];
  const ann = [one.open('{"user":"ann"}'), two.open('{"user":"ann"}')] as [Client, Client];
  return { stage, one, two, ann, bob: two.open('{"user":"bob"}') };
}

test("what is said to one session is said by its worker, which puts it into the log", async () => {
  const { stage, one, two, bob } = await three();
  const path = `/api/v1/sessions/${bob.session.id}`;
  const sent = await stage.ask(`POST ${path}/send`, { body: { text: "hello" } });
  assert.deepEqual([sent.status, sent.body], [200, { result: "queued" }]);
  const changed = await stage.ask(`PATCH ${path}`, { body: { tags: { region: "eu" } } });
  assert.deepEqual([changed.body["tags"], changed.body["worker"]], [{ region: "eu" }, 2]);
  const joined = await stage.ask(`PUT /api/v1/groups/lab/sessions/${bob.session.id}`);
  assert.deepEqual(joined.body, { result: "joined" });
  assert.deepEqual((await stage.ask(`DELETE ${path}`)).body, { result: "kicked" });
  settle(stage);
  assert.deepEqual([bob.heard[0], bob.lastEnd.name], ["notification 0 hello", "kicked"]);
  const actions = two.adminLog.map(({ fields }) => fields["action"]);
  assert.deepEqual(actions, ["send", "change", "join", "kick"]);
  assert.match(two.adminLog[0]!.fields["who"] as string, /^[0-9a-f]{8}@127\.0\.0\.1$/);
  assert.deepEqual([one.adminLog.length, stage.log.length], [0, 0]);
});

test("leaving a group that a session is not in is 404, as its own worker says", async () => {
  const { stage, bob } = await three();
  const { status, body } = await stage.ask(`DELETE /api/v1/groups/lab/sessions/${bob.session.id}`);
  assert.equal(status, 404);
  assert.match(JSON.stringify(body), /not in this group/);
});

test("a question to a client may take longer than workers may take to answer", async () => {
  const { stage, two, bob } = await three();
  const { promise: isAsked, resolve: heard } = Promise.withResolvers<void>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<Uint8Array>();
  const handle = two.app.session(bob.session.id)!;
  handle.request = () => {
    heard();
    return answered;
  };
  const path = `POST /api/v1/sessions/${bob.session.id}/request`;
  const asked = stage.ask(path, { body: { text: "?", timeoutMs: 5000 } });
  await isAsked;
  stage.world.runFor(5000);
  answer(Uint8Array.of(0x61));
  assert.deepEqual((await asked).body, { text: "a" });
  handle.request = () => Promise.reject(new RequestError(2002, "handler_timeout", "", "server"));
  assert.equal((await stage.ask(path, { body: { text: "?" } })).status, 504);
});

test("what is said to many is said by each worker to its own, and counted over all", async () => {
  const { stage, one, ann, bob } = await three();
  for (const { session } of ann) await stage.ask(`PUT /api/v1/groups/lab/sessions/${session.id}`);
  const body = { text: "x" };
  const sent = [];
  for (const path of ["users/ann/send", "groups/lab/send", "broadcast"]) {
    sent.push((await stage.ask(`POST /api/v1/${path}`, { body })).body);
  }
  settle(stage);
  const counted = (matched: number) => ({ matched, queued: matched, slow: 0 });
  assert.deepEqual(sent, [counted(2), counted(2), counted(3)]);
  for (const client of ann) assert.equal(client.heard.length, 3);
  assert.equal(bob.heard.length, 1);
  const except = [one.sessions[0]!.id];
  const counting = { ...body, except, dryRun: true };
  const { body: dry } = await stage.ask("POST /api/v1/broadcast", { body: counting });
  assert.deepEqual(dry, { matched: 2, queued: 0, slow: 0 });
});

test("a kick of many counts over all workers, dry or not", async () => {
  const { stage, ann, bob } = await three();
  const dry = await stage.ask("POST /api/v1/kick", { body: { filter: {}, dryRun: true } });
  assert.deepEqual(dry.body, { matched: 3, kicked: 0 });
  assert.deepEqual((await stage.ask("DELETE /api/v1/users/ann")).body, { matched: 2, kicked: 2 });
  const rest = await stage.ask("POST /api/v1/kick", { body: { filter: {} } });
  assert.deepEqual(rest.body, { matched: 1, kicked: 1 });
  settle(stage);
  for (const client of [...ann, bob]) assert.equal(client.lastEnd.name, "kicked");
});

test("the rate of a kick is divided among the workers", async () => {
  const stage = await WorkersStage.open(2);
  for (const worker of stage.workers) for (let i = 0; i < 3; i++) worker.open();
  const body = { filter: {}, ratePerSecond: 2 };
  const { status, body: answer } = await stage.ask("POST /api/v1/kick", { body });
  assert.deepEqual([status, answer], [202, { matched: 6, kicked: 0 }]);
  for (const worker of stage.workers) {
    worker.run(1500);
    assert.equal(worker.server.registry.size, 2);
  }
});

test("what one worker refuses is refused, and what nobody could be asked is refused by the front", async () => {
  const { stage, one } = await three();
  const body = { filter: {}, ratePerSecond: 1, message: "" };
  for (let i = 0; i < 4; i++) one.context.pacedKicks.start(["x"], 1, () => {});
  assert.equal((await stage.ask("POST /api/v1/kick", { body })).status, 429);
  const wrong = { body: { filter: { usr: "x" } } };
  assert.equal((await stage.ask("POST /api/v1/kick", wrong)).status, 400);
  for (const worker of stage.workers) worker.leave();
  assert.equal((await stage.ask("POST /api/v1/kick", { body })).status, 503);
  for (const path of ["sessions", "sessions/nobody", "groups", "users/ann/timeline"]) {
    assert.equal((await stage.ask(`GET /api/v1/${path}`)).status, 503, path);
  }
});

test("a worker that does not answer in time is left out, and named", async () => {
  const { stage, one } = await three();
  stage.addSilent(3);
  const list = await stage.askPatiently("GET /api/v1/sessions");
  assert.deepEqual([list.status, list.items.length], [200, 3]);
  assert.equal(list.headers.get("x-workers-missing"), "3");
  one.leave();
  const rest = await stage.askPatiently("GET /api/v1/groups");
  assert.equal(rest.headers.get("x-workers-missing"), "1, 3");
  const nowhere = await stage.askPatiently("GET /api/v1/sessions/nobody");
  assert.deepEqual([nowhere.status, nowhere.headers.get("x-workers-missing")], [404, "1, 3"]);
  const there = "GET /api/v1/sessions/00000000-0000-8000-8000-000000000003";
  const { status, body } = await stage.askPatiently(there);
  assert.equal(status, 504);
  assert.match(
    JSON.stringify(body),
    new RegExp(`Worker 3 did not answer within ${BUS_DEADLINE_MS} ms`),
  );
});

test("a ban holds on every worker, wherever it came from, until it is taken away", async () => {
  const { stage, bob } = await three();
  const isOut = (worker: WorkerStage, user: string) => {
    const client = worker.connect();
    client.send(handshake(JSON.stringify({ user })));
    worker.settle();
    return client.session.ending?.name === "banned";
  };
  const banned = (user: string) => stage.workers.map((worker) => isOut(worker, user));
  await stage.ask("POST /api/v1/bans", { body: { user: "eve", reason: "Spam" } });
  const path = `DELETE /api/v1/sessions/${bob.session.id}`;
  await stage.ask(path, { body: { banSeconds: 60 } });
  const { items } = await stage.ask("GET /api/v1/bans");
  assert.deepEqual(items.map(({ user, expiresAt }) => [user, expiresAt === null]), [
    ["eve", true],
    ["bob", false],
  ]);
  assert.deepEqual([banned("eve"), banned("bob")], [[true, true], [true, true]]);
  assert.equal(isOut(await stage.add(3), "eve"), true);
  await stage.ask("DELETE /api/v1/bans?user=eve");
  await stage.ask("GET /api/v1/sessions");
  assert.deepEqual(banned("eve"), [false, false, false]);
  assert.deepEqual(stage.log.map(({ fields }) => fields["action"]), ["ban", "unban"]);
});
