// Chat rooms: who hears what, who is told of whom, and that nothing stays behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { decodeEnd } from "../../../src/codec/end_payload.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { chat } from "../../../src/handlers/chat.ts";
import { ROOM_NAMES_MAX } from "../../../src/limits/handlers.ts";
import { GROUPS_PER_SESSION_MAX } from "../../../src/limits/messaging.ts";
import type { Client } from "../server/client.ts";
import { comeBack, lose, open } from "../server/resuming.ts";
import { Stage, type StageOptions } from "../server/stage.ts";
import { ask, openRouted } from "../messaging/clients.ts";

function stageOf(options: StageOptions = {}): Stage {
  return new Stage({ fallback: chat, ...options });
}

// Above every number of a Notification.
let lastId = 1_000_000;

/** Asks, and tells the answer: its JSON, `""`, or a code. */
function call(stage: Stage, client: Client, route: string, body: object): unknown {
  const asked = ++lastId;
  client.send(ask(asked, route, JSON.stringify(body)));
  stage.settle();
  const at = client.frames.findIndex(({ id }) => id === asked);
  const [{ type, payload }] = client.frames.splice(at, 1) as [Client["frames"][number]];
  if (type === FrameType.Error) return decodeEnd(payload)!.code;
  const text = decodeText(payload)!;
  return text === "" ? "" : JSON.parse(text);
}

/** The Notifications that `client` got since the last time: route, then what it says. */
function notices(client: Client): unknown[] {
  return client.frames.splice(0).map(({ payload }) => {
    const end = 1 + payload[0]!;
    const body = JSON.parse(decodeText(payload.subarray(end))!);
    return [decodeText(payload.subarray(1, end)), body];
  });
}

test("everybody in a room hears what one of them says, and nobody else does", () => {
  const stage = stageOf();
  const [ann, bob, eve] = ["ann", "bob", "eve"].map((user) => openRouted(stage, user)) as [
    Client,
    Client,
    Client,
  ];
  assert.deepEqual(call(stage, ann, "chat.join", { room: "r" }), {
    room: "r",
    name: "ann",
    count: 1,
    names: ["ann"],
  });
  assert.deepEqual(call(stage, bob, "chat.join", { room: "r" }), {
    room: "r",
    name: "bob",
    count: 2,
    names: ["ann", "bob"],
  });
  assert.deepEqual(notices(ann), [["chat.joined", { room: "r", name: "bob" }]]);
  assert.equal(call(stage, bob, "chat.say", { room: "r", text: "hi" }), "");
  const said = [["chat.message", { room: "r", name: "bob", text: "hi" }]];
  assert.deepEqual([notices(ann), notices(bob), notices(eve)], [said, said, []]);
  assert.equal(call(stage, eve, "chat.say", { room: "r", text: "hi" }), 2007);
  assert.equal(call(stage, eve, "chat.who", { room: "r" }), 2007);
});

test("who leaves is told of, and who disconnects too, and then the room is gone", () => {
  const stage = stageOf();
  const [ann, bob, eve] = ["ann", "bob", "eve"].map((user) => openRouted(stage, user)) as [
    Client,
    Client,
    Client,
  ];
  for (const client of [ann, bob, eve]) call(stage, client, "chat.join", { room: "r" });
  notices(ann);
  assert.equal(call(stage, bob, "chat.leave", { room: "r" }), "");
  assert.equal(call(stage, bob, "chat.leave", { room: "r" }), "", "twice is once");
  eve.connection.terminate();
  stage.settle();
  assert.deepEqual(notices(ann), [
    ["chat.left", { room: "r", name: "bob" }],
    ["chat.left", { room: "r", name: "eve" }],
  ]);
  assert.deepEqual(call(stage, ann, "chat.who", { room: "r" }), {
    room: "r",
    count: 1,
    names: ["ann"],
  });
  ann.connection.terminate();
  stage.settle();
  assert.equal(stage.app.groups.size, 0);
});

test("who only lost its connection has not left, and hears what was said meanwhile", () => {
  const stage = stageOf();
  const ann = openRouted(stage, "ann");
  const { client, welcome } = open(stage, { user: "bob" });
  for (const one of [ann, client]) call(stage, one, "chat.join", { room: "r" });
  notices(ann);
  lose(stage, client);
  call(stage, ann, "chat.say", { room: "r", text: "still there?" });
  const said = ["chat.message", { room: "r", name: "ann", text: "still there?" }];
  assert.deepEqual(notices(ann), [said]);
  const back = comeBack(stage, welcome);
  assert.deepEqual(notices(back.client), [said]);
  assert.equal(call(stage, back.client, "chat.say", { room: "r", text: "yes" }), "");
});

test("who is taken out of the group neither speaks nor hears, until it joins again", () => {
  const stage = stageOf();
  const ann = openRouted(stage, "ann");
  call(stage, ann, "chat.join", { room: "r" });
  stage.app.session(ann.session.id)!.leave("chat.r");
  assert.equal(call(stage, ann, "chat.say", { room: "r", text: "x" }), 2007);
  call(stage, ann, "chat.join", { room: "r" });
  call(stage, ann, "chat.say", { room: "r", text: "x" });
  assert.equal(notices(ann).length, 1);
});

test("a user is in a room once, however many sessions are", () => {
  const stage = stageOf();
  const [phone, laptop, bob] = ["ann", "ann", "bob"].map((user) => openRouted(stage, user)) as [
    Client,
    Client,
    Client,
  ];
  for (const client of [bob, phone, laptop]) call(stage, client, "chat.join", { room: "r" });
  assert.deepEqual(notices(bob), [["chat.joined", { room: "r", name: "ann" }]]);
  call(stage, phone, "chat.leave", { room: "r" });
  assert.deepEqual(notices(bob), []);
  call(stage, laptop, "chat.leave", { room: "r" });
  assert.deepEqual(notices(bob), [["chat.left", { room: "r", name: "ann" }]]);
});

test("who has no user id chooses a name, which is nobody else's in that room; a user keeps its own", () => {
  const stage = stageOf();
  const [one, two, user] = [openRouted(stage), openRouted(stage), openRouted(stage, "ann")];
  assert.equal(
    (call(stage, one, "chat.join", { room: "r", name: "bob" }) as { name: string }).name,
    "bob",
  );
  assert.equal(call(stage, two, "chat.join", { room: "r", name: "bob" }), 3409);
  assert.match((call(stage, two, "chat.join", { room: "r" }) as { name: string }).name, /^guest-/);
  assert.equal(
    (call(stage, user, "chat.join", { room: "r", name: "bob" }) as { name: string }).name,
    "ann",
  );
});

test("names and texts are bounded, and hold no control characters", () => {
  const stage = stageOf();
  const client = openRouted(stage);
  const wrong = [
    { room: "" },
    { room: "x".repeat(61) },
    { room: "a\nb" },
    { room: "r", name: "\u202e" },
    { room: 5 },
    {},
  ];
  for (const body of wrong) assert.equal(call(stage, client, "chat.join", body), 3400);
  call(stage, client, "chat.join", { room: "\u{1f600}".repeat(60) });
  call(stage, client, "chat.join", { room: "r" });
  assert.equal(call(stage, client, "chat.say", { room: "r", text: "x".repeat(4097) }), 3400);
  assert.equal(client.session.groups!.size, 2);
});

test("a session is in no more rooms than in groups", () => {
  const stage = stageOf();
  const client = openRouted(stage);
  for (let i = 0; i < GROUPS_PER_SESSION_MAX; i++) {
    call(stage, client, "chat.join", { room: `${i}` });
  }
  assert.equal(call(stage, client, "chat.join", { room: "more" }), 3429);
  const other = openRouted(stage, "ann");
  const { names } = call(stage, other, "chat.join", { room: "more" }) as { names: string[] };
  assert.deepEqual(names, ["ann"]);
});

test("a crowded room lists some names, and tells nobody who comes and goes", () => {
  const stage = stageOf();
  const clients = Array.from({ length: ROOM_NAMES_MAX + 2 }, (_, i) => openRouted(stage, `u${i}`));
  let last: unknown;
  for (const client of clients) last = call(stage, client, "chat.join", { room: "r" });
  const { count, names } = last as { count: number; names: string[] };
  assert.deepEqual([count, names.length], [ROOM_NAMES_MAX + 2, ROOM_NAMES_MAX]);
  assert.equal(notices(clients[0]!).length, ROOM_NAMES_MAX - 1);
  clients[1]!.connection.terminate();
  stage.settle();
  assert.equal(notices(clients[0]!).length, 0);
});

test("a drain tells nobody who leaves", () => {
  const stage = stageOf();
  const clients = ["ann", "bob"].map((user) => openRouted(stage, user));
  for (const client of clients) call(stage, client, "chat.join", { room: "r" });
  for (const client of clients) client.heard.length = 0;
  stage.app.drain();
  stage.settle();
  for (const { heard } of clients) {
    assert.deepEqual(heard, ["disconnect 0 draining", "fin", "ended"]);
  }
  stage.checkEmpty();
});
