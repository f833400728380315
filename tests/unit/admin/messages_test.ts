// Reaching clients over HTTP: to one, to a user, to a group, to all who are meant; and asking one of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Client } from "../server/client.ts";
import { openRouted, respond, settled } from "../messaging/clients.ts";
import { AdminStage } from "./admin_stage.ts";
import type { Answer } from "./asking.ts";

/** A stage with two sessions of Ann and one of Bob. */
async function crowd() {
  const stage = await AdminStage.open({
    limits: { frameBytesMax: 1000, handshakeFrameBytesMax: 900 },
  });
  const clients = ["ann", "ann", "bob"].map((user) => stage.open(`{"user":"${user}"}`));
  const [ann, other, bob] = clients as [Client, Client, Client];
  const heard = () => {
    stage.settle();
    return clients.map(({ heard }) => heard.splice(0).join());
  };
  return { stage, ann, other, bob, heard };
}

/** Waits until a question is on its way to `client`; what stands before it (hashing, reading) takes turns of its own. */
async function asked(stage: AdminStage, { session }: Client): Promise<void> {
  for (let turns = 0; (session.work?.questions ?? 0) === 0; turns++) {
    assert.ok(turns < 10_000, `No question comes: ${JSON.stringify(stage.adminLog)}`);
    await setImmediate();
  }
  stage.settle();
}

const SENT = { matched: 0, queued: 0, slow: 0 };

test("a Notification reaches the session it is for, as text or as bytes", async () => {
  const { stage, bob, heard } = await crowd();
  const path = `POST /api/v1/sessions/${bob.session.id}/send`;
  const { status, body } = await stage.ask(path, { body: { text: "hellö" } });
  assert.deepEqual([status, body], [200, { result: "queued" }]);
  await stage.ask(path, { body: { base64: "aGVsbG8=" } });
  assert.deepEqual(heard(), ["", "", "notification 0 hellö,notification 0 hello"]);
  const routed = openRouted(stage);
  const toRouted = `POST /api/v1/sessions/${routed.session.id}/send`;
  await stage.ask(toRouted, { body: { route: "news", text: "x" } });
  stage.settle();
  assert.deepEqual(routed.heard, ["notification 0 \u0004newsx"]);
});

test("a session that has not said its Handshake gets nothing, and one that is not there is 404", async () => {
  const { stage } = await crowd();
  const { session } = stage.connect();
  const body = { text: "x" };
  const answer = await stage.ask(`POST /api/v1/sessions/${session.id}/send`, { body });
  assert.deepEqual([answer.status, answer.body], [200, { result: "gone" }]);
  assert.equal((await stage.ask("POST /api/v1/sessions/nobody/send", { body })).status, 404);
});

test("a Notification reaches all sessions of a user, and all of a group", async () => {
  const { stage, other, bob, heard } = await crowd();
  const body = { text: "x" };
  const toAnn = await stage.ask("POST /api/v1/users/ann/send", { body });
  assert.deepEqual(toAnn.body, { matched: 2, queued: 2, slow: 0 });
  assert.deepEqual(heard(), ["notification 0 x", "notification 0 x", ""]);
  for (const { session } of [other, bob]) {
    const joined = await stage.ask(`PUT /api/v1/groups/red/sessions/${session.id}`);
    assert.deepEqual(joined.body, { result: "joined" });
  }
  const toRed = await stage.ask("POST /api/v1/groups/red/send", { body });
  assert.deepEqual(toRed.body, { matched: 2, queued: 2, slow: 0 });
  assert.deepEqual(heard(), ["", "notification 0 x", "notification 0 x"]);
  for (const path of ["users/nobody", "groups/nothing"]) {
    assert.deepEqual((await stage.ask(`POST /api/v1/${path}/send`, { body })).body, SENT);
  }
});

test("groups are listed, largest first, and a session leaves one it is in", async () => {
  const { stage, ann, bob } = await crowd();
  const groups = async () => (await stage.ask("GET /api/v1/groups")).items;
  for (const [group, { session }] of [["a/ü", ann], ["b", ann], ["b", bob]] as const) {
    await stage.ask(`PUT /api/v1/groups/${encodeURIComponent(group)}/sessions/${session.id}`);
  }
  assert.deepEqual(await groups(), [{ name: "b", sessions: 2 }, { name: "a/ü", sessions: 1 }]);
  const first = await stage.ask("GET /api/v1/groups?limit=1&sort=sessions");
  const next = await stage.ask(
    `GET /api/v1/groups?sort=sessions&cursor=${first.body["nextCursor"]}`,
  );
  assert.deepEqual([first, next].map(({ items }) => items[0]!["name"]), ["a/ü", "b"]);
  const listed = await stage.ask("GET /api/v1/sessions?group=b&user=ann");
  assert.deepEqual(listed.items.map(({ groups }) => groups), [["a/ü", "b"]]);
  const path = `/api/v1/groups/b/sessions/${bob.session.id}`;
  assert.deepEqual((await stage.ask(`DELETE ${path}`)).body, { result: "left" });
  assert.equal((await stage.ask(`DELETE ${path}`)).status, 404);
  assert.equal((await stage.ask("PUT /api/v1/groups/b/sessions/nobody")).status, 404);
  const long = "x".repeat(256);
  assert.equal(
    (await stage.ask(`PUT /api/v1/groups/${long}/sessions/${ann.session.id}`)).status,
    400,
  );
});

test("a Broadcast reaches those who match and are not excepted; a dry run only counts them", async () => {
  const { stage, ann, heard } = await crowd();
  const broadcast = (body: unknown) => stage.ask("POST /api/v1/broadcast", { body });
  const filter = { user: "ann" };
  const dry = await broadcast({ text: "x", filter, dryRun: true });
  assert.deepEqual(dry.body, { matched: 2, queued: 0, slow: 0 });
  assert.deepEqual(heard(), ["", "", ""]);
  assert.deepEqual((await broadcast({ text: "x" })).body, { matched: 3, queued: 3, slow: 0 });
  assert.deepEqual(heard(), Array(3).fill("broadcast 0 x"));
  const except = [ann.session.id];
  const { body } = await broadcast({ base64: "eA==", filter, except });
  assert.deepEqual(body, { matched: 1, queued: 1, slow: 0 });
  assert.deepEqual(heard(), ["", "broadcast 0 x", ""]);
});

test("what carries no bytes, or too many, or to a route that cannot be, is refused", async () => {
  const { stage, bob } = await crowd();
  const path = `POST /api/v1/sessions/${bob.session.id}/send`;
  for (
    const body of [
      ...[{}, { text: "a", base64: "YQ==" }, { text: 1 }, { base64: "a" }, { base64: "*" }],
      ...[{ text: "a", route: "A" }, { text: "a", route: "x".repeat(256) }, { text: "a", x: 1 }],
    ]
  ) {
    assert.equal((await stage.ask(path, { body })).status, 400, JSON.stringify(body));
  }
  const text = "x".repeat(1000);
  assert.equal((await stage.ask(path, { body: { text } })).status, 413);
  assert.equal((await stage.ask("POST /api/v1/broadcast", { body: { text } })).status, 413);
  const filter = { usr: "ann" };
  assert.equal(
    (await stage.ask("POST /api/v1/broadcast", { body: { text: "x", filter } })).status,
    400,
  );
});

test("a client is asked, and its answer is the answer", async () => {
  const stage = await AdminStage.open();
  const client = openRouted(stage);
  const path = `POST /api/v1/sessions/${client.session.id}/request`;
  const answered = stage.ask(path, { body: { route: "who", text: "there?" } });
  await asked(stage, client);
  assert.deepEqual(client.heard, ["request 1 \u0003whothere?"]);
  client.send(respond(1, "me"));
  await settled(stage);
  assert.deepEqual(await plain(answered), [200, { text: "me" }]);
  const bytes = stage.ask(path, { body: { text: "" } });
  await asked(stage, client);
  client.send(new Uint8Array([0, 0, 0, 10, 0x11, 0, 0, 0, 0, 0, 0, 0, 2, 0xff]));
  await settled(stage);
  assert.deepEqual(await plain(bytes), [200, { base64: "/w==" }]);
});

test("a client that does not answer in time, answers with an Error, or goes, is told apart", async () => {
  const stage = await AdminStage.open();
  const client = stage.open();
  const path = `POST /api/v1/sessions/${client.session.id}/request`;
  const late = stage.ask(path, { body: { text: "x", timeoutMs: 100 } });
  await asked(stage, client);
  stage.run(1000);
  assert.equal((await late).status, 504);
  const failed = stage.ask(path, { body: { text: "x" } });
  await asked(stage, client);
  const error = new TextEncoder().encode('{"code":3123,"message":"No"}');
  client.send(new Uint8Array([0, 0, 0, 9 + error.length, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, ...error]));
  await settled(stage);
  assert.equal((await failed).status, 502);
  assert.match((await failed).text, /3123.*No/);
  const gone = stage.ask(path, { body: { text: "x" } });
  await asked(stage, client);
  client.connection.terminate();
  await settled(stage);
  assert.equal((await gone).status, 409);
  assert.equal((await stage.ask(path, { body: { text: "x" } })).status, 404);
  assert.equal((await stage.ask(path, { body: { text: "x", timeoutMs: 60_001 } })).status, 400);
});

async function plain(answer: Promise<Answer>): Promise<[number, unknown]> {
  const { status, body } = await answer;
  return [status, body];
}
