// The routes sys.*: what each does, and that it can be turned off.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnd } from "../../../src/codec/end_payload.ts";
import { sys, type SysOptions } from "../../../src/handlers/sys.ts";
import { GROUPS_PER_SESSION_MAX } from "../../../src/limits/messaging.ts";
import type { App } from "../../../src/messaging/app.ts";
import { Stage } from "../server/stage.ts";
import { ask, openRouted, settled, tell } from "../messaging/clients.ts";

const ALL_ON: SysOptions = {
  echo: true,
  info: true,
  join: true,
  joinPattern: "",
  leave: true,
  publish: true,
  tell: true,
};

function stageWith(options: Partial<SysOptions> = {}, routes: (app: App) => void = () => {}) {
  return new Stage({
    routes(app) {
      sys(app, { ...ALL_ON, ...options });
      routes(app);
    },
  });
}

/** `n | name | text`, for names of ASCII. */
function to(name: string, text: string): string {
  return `${String.fromCharCode(name.length)}${name}${text}`;
}

test("sys.echo answers with what it got", () => {
  const stage = stageWith();
  const client = openRouted(stage);
  client.send(ask(1, "sys.echo", "hello"), ask(2, "sys.echo"));
  stage.settle();
  assert.deepEqual(client.heard, ["response 1 hello", "response 2"]);
});

test("sys.info tells a session about itself", () => {
  const stage = stageWith();
  const client = stage.open(
    '{"user":"ann","client":"test/1","tags":{"device":"phone"},"features":["routes"]}',
  );
  stage.app.session(client.session.id)!.join("g");
  stage.run(5000);
  client.send(ask(1, "sys.info"));
  stage.settle();
  const { connectedAt, ...info } = JSON.parse(new TextDecoder().decode(client.frames[0]!.payload));
  assert.deepEqual(info, {
    id: client.session.id,
    user: "ann",
    client: "test/1",
    address: `${client.session.peer.host}:${client.session.peer.port}`,
    node: "node-1",
    state: "active",
    groups: ["g"],
    tags: { device: "phone" },
    rttMs: null,
    heartbeatMs: 30_000,
  });
  const agoMs = Date.now() - Date.parse(connectedAt);
  assert(agoMs >= 5000 && agoMs < 60_000, `${agoMs} ms ago`);
});

test("sys.info knows the round-trip time once a Pong came", () => {
  const stage = stageWith();
  const client = openRouted(stage);
  client.answersPings = true;
  stage.run(31_000);
  client.send(ask(1, "sys.info"));
  stage.settle();
  const info = JSON.parse(new TextDecoder().decode(client.frames.at(-1)!.payload));
  assert.equal(typeof info.rttMs, "number");
});

test("who joined a group hears what anybody publishes to it, until it leaves", () => {
  const stage = stageWith();
  const [member, other] = [openRouted(stage), openRouted(stage)];
  member.send(ask(1, "sys.join", "news"), ask(2, "sys.join", "news"));
  stage.settle();
  other.send(ask(1, "sys.publish", to("news", "one")), tell("sys.publish", to("news", "two")));
  stage.settle();
  member.send(ask(3, "sys.leave", "news"), ask(4, "sys.leave", "news"));
  stage.settle();
  other.send(ask(2, "sys.publish", to("news", "three")));
  stage.settle();
  assert.deepEqual(member.heard, [
    "response 1",
    "response 2",
    "broadcast 0 one",
    "broadcast 0 two",
    "response 3",
    "response 4",
  ]);
  assert.deepEqual(other.heard, [
    'response 1 {"matched":1,"queued":1,"slow":0}',
    'response 2 {"matched":0,"queued":0,"slow":0}',
  ]);
});

test("sys.tell reaches all sessions of a user on the default route, and nobody else", () => {
  const stage = stageWith();
  const [phone, laptop] = [openRouted(stage, "ann"), stage.open('{"user":"ann"}')];
  const bob = openRouted(stage, "bob");
  bob.send(ask(1, "sys.tell", to("ann", "hi")));
  stage.settle();
  assert.deepEqual(bob.heard, ['response 1 {"matched":2,"queued":2,"slow":0}']);
  assert.deepEqual([phone.heard, laptop.heard], [
    ["notification 0 \u0000hi"],
    ["notification 0 hi"],
  ]);
});

test("what is off is route_forbidden", () => {
  const names = ["echo", "info", "join", "leave", "publish", "tell"] as const;
  for (const name of names) {
    const stage = stageWith({ [name]: false });
    const client = openRouted(stage);
    client.send(ask(1, `sys.${name}`, to("a", "b")));
    stage.settle();
    assert.deepEqual(client.heard, ["error 1 route_forbidden"], name);
  }
});

test("a pattern must match the whole name of a group that is joined", () => {
  const stage = stageWith({ joinPattern: "room-\\d+|lobby" });
  const client = openRouted(stage);
  const names = ["room-1", "lobby", "room-1x", "a lobby", "room-", "lobby\n"];
  names.forEach((name, index) => client.send(ask(index + 1, "sys.join", name)));
  stage.settle();
  assert.deepEqual(client.heard, [
    "response 1",
    "response 2",
    "error 3 route_forbidden",
    "error 4 route_forbidden",
    "error 5 route_forbidden",
    "error 6 route_forbidden",
  ]);
  assert.deepEqual([...client.session.groups!], ["room-1", "lobby"]);
});

test("a body that names nothing is 3400, and changes nothing", () => {
  const stage = stageWith();
  const client = openRouted(stage);
  const long = "x".repeat(256);
  client.send(ask(1, "sys.join", ""), ask(2, "sys.join", long));
  client.send(ask(3, "sys.publish", ""), ask(4, "sys.publish", "\u0009short"));
  client.send(ask(5, "sys.publish", "\u0000x"), ask(6, "sys.tell", "\u0000x"));
  stage.settle();
  assert.deepEqual(
    client.frames.map(({ id, payload }) => [id, decodeEnd(payload)!.code]),
    [1, 2, 3, 4, 5, 6].map((id) => [id, 3400]),
  );
  assert.equal(stage.app.groups.size, 0);
});

test("one group too many is 3429", () => {
  const stage = stageWith();
  const client = openRouted(stage);
  for (let i = 0; i <= GROUPS_PER_SESSION_MAX; i++) client.send(ask(i, "sys.join", `g${i}`));
  stage.settle();
  assert.equal(decodeEnd(client.frames.at(-1)!.payload)!.code, 3429);
  assert.equal(client.session.groups!.size, GROUPS_PER_SESSION_MAX);
});

test("middleware sees the built-in routes", async () => {
  const stage = stageWith({}, (app) => {
    app.use((c, next) => c.route === "sys.join" ? c.fail("route_forbidden") : next());
  });
  const client = openRouted(stage);
  client.send(ask(1, "sys.join", "g"), ask(2, "sys.echo", "x"));
  await settled(stage);
  assert.deepEqual(client.heard, ["error 1 route_forbidden", "response 2 x"]);
});
