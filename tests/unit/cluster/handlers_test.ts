// Handlers on several nodes: a chat room is one room, and the copies of an application reach each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import type { Bus } from "../../../src/bus/bus.ts";
import { Hub } from "../../../src/bus/hub.ts";
import { joinHere } from "../../../src/bus/join_here.ts";
import { decodeEnd } from "../../../src/codec/end_payload.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { chat } from "../../../src/handlers/chat.ts";
import { ROOMS_BEAT_MS } from "../../../src/limits/handlers.ts";
import { appBus } from "../../../src/messaging/app_bus.ts";
import { type Client, disconnect } from "../server/client.ts";
import { ask } from "../server/resuming.ts";
import { comeBack, type Node, open, pass, startNode, startNodes } from "./nodes.ts";

// Above every number of a Notification.
let lastId = 1_000_000;

/** Asks, and tells the answer: its JSON, `""`, or a code. */
async function call(nodes: readonly Node[], client: Client, route: string, body: object) {
  const id = ++lastId;
  client.send(ask(id, route, JSON.stringify(body)));
  await pass(nodes);
  return answerTo(client, id);
}

function answerTo(client: Client, asked: number) {
  const at = client.frames.findIndex(({ id }) => id === asked);
  const { type, payload } = client.frames.splice(at, 1)[0]!;
  if (type === FrameType.Error) return decodeEnd(payload)!.code;
  const text = decodeText(payload)!;
  return text === "" ? "" : JSON.parse(text);
}

/** What `client` was told since the last time: the last word of the route, then who, and what. */
function notices(client: Client): string[] {
  const frames = client.frames.splice(0).filter(({ type }) => type === FrameType.Notification);
  return frames.map(({ payload }) => {
    const end = 1 + payload[0]!;
    const { name, text = "" } = JSON.parse(decodeText(payload.subarray(end))!);
    return `${decodeText(payload.subarray(6, end))} ${name} ${text}`.trimEnd();
  });
}

const ROOM = { room: "r" };

/** Nodes with the chat handler, and on each a client of a user in the room, in turn. */
async function roomOf(users: readonly string[], nodes?: readonly Node[]) {
  nodes ??= await startNodes(users.length, { fallback: chat });
  const opened = [];
  for (const [i, user] of users.entries()) {
    const one = await open(nodes, nodes[i]!, { user });
    await call(nodes, one.client, "chat.join", ROOM);
    opened.push(one);
  }
  for (const { client } of opened) client.frames.length = 0;
  return { nodes, opened, clients: opened.map(({ client }) => client) };
}

function namesAt(nodes: readonly Node[], client: Client): Promise<{ names: string[] } | number> {
  return call(nodes, client, "chat.who", ROOM);
}

test("a room is one on all nodes: who is there, who comes and goes, and what is said", async () => {
  const { nodes, clients: [ann, bob] } = await roomOf(["ann", "bob"]);
  for (const client of [ann!, bob!]) {
    assert.deepEqual(await namesAt(nodes, client), { room: "r", count: 2, names: ["ann", "bob"] });
  }
  const { client: eve } = await open(nodes, nodes[1]!, { user: "eve" });
  assert.equal((await call(nodes, eve, "chat.join", ROOM)).count, 3);
  assert.equal(await call(nodes, ann!, "chat.say", { room: "r", text: "hi" }), "");
  assert.equal(await call(nodes, eve, "chat.leave", ROOM), "");
  eve.frames.length = 0;
  const told = ["joined eve", "message ann hi", "left eve"];
  assert.deepEqual([notices(ann!), notices(bob!)], [told, told]);
});

test("a user with sessions on two nodes comes once, and goes with the last one", async () => {
  const { nodes, clients: [bob, laptop] } = await roomOf(["bob", "ann"]);
  const { client: phone } = await open(nodes, nodes[0]!, { user: "ann" });
  await call(nodes, phone, "chat.join", ROOM);
  await call(nodes, laptop!, "chat.leave", ROOM);
  assert.deepEqual(notices(bob!), []);
  phone.send(disconnect());
  await pass(nodes);
  assert.deepEqual(notices(bob!), ["left ann"]);
});

test("a name is taken on every node, also in the same moment", async () => {
  const nodes = await startNodes(2, { fallback: chat });
  const clients = await Promise.all(nodes.map((node) => open(nodes, node)));
  const [one, two] = clients.map(({ client }) => client) as [Client, Client];
  const wish = { room: "r", name: "bob" };
  assert.equal((await call(nodes, one, "chat.join", wish)).name, "bob");
  assert.equal(await call(nodes, two, "chat.join", wish), 3409);
  // On the same turn: the node with the lower number keeps it.
  const other = { room: "s", name: "bob" };
  const asked = [two, one].map((client) => {
    client.send(ask(++lastId, "chat.join", JSON.stringify(other)));
    return lastId;
  });
  await pass(nodes);
  assert.equal(answerTo(two, asked[0]!).name, "bob");
  assert.equal(answerTo(one, asked[1]!).name, "bob");
  assert.deepEqual([notices(two), notices(one)], [["left bob"], []]);
  assert.equal(await call(nodes, two, "chat.say", { room: "s", text: "it is me" }), 2007);
  const { names } = await call(nodes, one, "chat.who", { room: "s" });
  assert.deepEqual(names, ["bob"]);
});

test("who comes back on another node is in its rooms under its name, and nobody is told", async () => {
  const { nodes, opened: [ann, bob, eve] } = await roomOf(["ann", "", "eve"]);
  const { names: [, name] } = await call(nodes, ann!.client, "chat.who", ROOM);
  const clients = [ann!.client, eve!.client];
  // From the second to the third, and on to the first.
  const there = await comeBack(nodes, nodes[2]!, bob!.welcome);
  const back = await comeBack(nodes, nodes[0]!, there.welcome);
  assert.equal(await call(nodes, back.client, "chat.say", { room: "r", text: "still me" }), "");
  await pass(nodes, 3 * ROOMS_BEAT_MS);
  for (const client of clients) assert.deepEqual(notices(client), [`message ${name} still me`]);
  assert.equal(await call(nodes, back.client, "chat.leave", ROOM), "");
  for (const client of clients) {
    assert.deepEqual(notices(client), [`left ${name}`]);
    assert.deepEqual(await namesAt(nodes, client), { room: "r", count: 2, names: ["ann", "eve"] });
  }
});

test("who leaves where it went to, or where it came back to, has left at once", async () => {
  const { nodes, opened: [ann, bob] } = await roomOf(["ann", "bob"]);
  const there = await comeBack(nodes, nodes[0]!, bob!.welcome);
  await call(nodes, there.client, "chat.leave", ROOM);
  assert.deepEqual(notices(ann!.client), ["left bob"]);
  await call(nodes, there.client, "chat.join", ROOM);
  const back = await comeBack(nodes, nodes[1]!, there.welcome);
  const again = await comeBack(nodes, nodes[0]!, back.welcome);
  await call(nodes, again.client, "chat.leave", ROOM);
  assert.deepEqual(notices(ann!.client), ["joined bob", "left bob"]);
});

test("who went to another node that does not know of its rooms has left them two beats later", async () => {
  const { nodes, opened: [ann, bob] } = await roomOf(["ann", "bob", "eve"]);
  const { bus } = nodes[1]!;
  const publish = bus.publish.bind(bus);
  bus.publish = () => {};
  await call(nodes, bob!.client, "chat.join", { room: "s" });
  const back = await comeBack(nodes, nodes[2]!, bob!.welcome);
  bus.publish = publish;
  assert.equal(await call(nodes, back.client, "chat.say", { room: "s", text: "hi" }), 2007);
  assert.equal(await call(nodes, back.client, "chat.say", { room: "r", text: "hi" }), "");
  await call(nodes, ann!.client, "chat.join", { room: "s" });
  await pass(nodes, 2 * ROOMS_BEAT_MS);
  const { names } = await call(nodes, ann!.client, "chat.who", { room: "s" });
  assert.deepEqual(names, ["ann"]);
});

test("who was on a node that is gone has left, once, and is met again when it comes back", async () => {
  const hub = new Hub();
  const options = { fallback: chat };
  const nodes = await startNodes(3, options, hub);
  const { clients: [ann, , eve] } = await roomOf(["ann", "bob", "eve"], nodes);
  nodes[1]!.leave();
  await pass(nodes);
  assert.deepEqual([notices(ann!), notices(eve!)], [["left bob"], ["left bob"]]);
  const again = startNode(hub, 2, { ...options, beside: nodes[0]!.stage });
  const now = [nodes[0]!, again, nodes[2]!];
  await pass(now);
  const { client: bob } = await open(now, again, { user: "bob" });
  const { names } = await call(now, bob, "chat.join", ROOM);
  assert.deepEqual(names.sort(), ["ann", "bob", "eve"]);
  assert.deepEqual([notices(ann!), notices(eve!)], [["joined bob"], ["joined bob"]]);
});

test("what the bus loses of a room is made good by the next change, or the next beat", async () => {
  const { nodes, clients: [ann, bob] } = await roomOf(["ann", "bob"]);
  const app = nodes[1]!.stage.app;
  const { bus } = nodes[1]!;
  const publish = bus.publish.bind(bus);
  bus.publish = () => {};
  await call(nodes, bob!, "chat.join", { room: "lost" });
  await call(nodes, bob!, "chat.leave", ROOM);
  bus.publish = publish;
  assert.deepEqual(notices(ann!), []);
  await pass(nodes, ROOMS_BEAT_MS);
  assert.deepEqual(notices(ann!), ["left bob"]);
  bus.publish = () => {};
  await call(nodes, bob!, "chat.join", ROOM);
  bus.publish = publish;
  const { client: eve } = await open(nodes, nodes[1]!, { user: "eve" });
  await call(nodes, eve, "chat.join", ROOM);
  assert.deepEqual(notices(ann!), ["joined bob", "joined eve"]);
  assert.equal(app.groups.size, 2);
});

test("an application's bus has subjects of its own, no supervisor on it, and its faults end nothing", async () => {
  const hub = new Hub();
  const nodes = await startNodes(2, {}, hub);
  const [a, b] = nodes as [Node, Node];
  const supervisor = joinHere(hub, 0, a.stage.world.clock).bus;
  const [mine, yours] = nodes.map(({ stage }) => stage.app.bus) as [Bus, Bus];
  const heard: string[] = [];
  supervisor.subscribe("everyone", () => heard.push("supervisor"));
  yours.onNode((node, change) => heard.push(`${node} ${change}`));
  yours.subscribe("everyone", (message, from) => heard.push(`${decodeText(message)} ${from}`));
  yours.subscribe("everyone", () => {
    throw new Error("mine");
  });
  yours.serve("twice", (message) => encodeText(`${decodeText(message)}!`.repeat(2)));
  await pass(nodes);
  mine.publish("everyone", encodeText("hi"));
  const asked = mine.request("twice", encodeText("a"), "all", 100);
  await pass(nodes);
  assert.deepEqual((await asked).map(({ from, message }) => [from, decodeText(message)]), [
    [2, "a!a!"],
  ]);
  assert.deepEqual([mine.self, [...mine.others], [...yours.others]], [1, [2], [1]]);
  assert.deepEqual([...appBus(a.bus, (work) => work()).others], [2]);
  a.leave();
  await pass(nodes);
  assert.deepEqual(heard, ["hi 1", "1 left"]);
  assert.deepEqual(b.stage.logged("handler failed").map(({ on }) => on), ["bus"]);
});
