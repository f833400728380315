// Sessions that are continued on another node than the one they were with: whole, and once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { frame } from "../server/client.ts";
import { ask } from "../server/resuming.ts";
import { comeBack, type Node, open, pass, startNodes, texts } from "./nodes.ts";

function counts({ stage: { server } }: Node) {
  const { registry, waiting, counters: { moved, takenOver } } = server;
  return [registry.size, waiting.registry.size, moved, takenOver];
}

test("a session that waits goes on where its client comes back, with all that belongs to it", async () => {
  const nodes = await startNodes(2);
  const [a, b] = nodes as [Node, Node];
  const about = { user: "ann", tags: { a: "b" }, client: "c/1" };
  const { client, welcome } = await open(nodes, a, about);
  const handle = a.stage.app.session(welcome.session)!;
  handle.join("room");
  handle.data = { score: 1 };
  client.connection.terminate();
  await pass(nodes);
  a.stage.app.broadcast("missed");
  const moves: string[] = [];
  a.stage.app.on("move", ({ id }) => moves.push(id));
  b.stage.app.on("resume", ({ id }) => moves.push(id));
  b.stage.app.on("connect", () => moves.push("connect"));
  a.stage.app.on("disconnect", () => moves.push("disconnect"));
  const back = await comeBack(nodes, b, welcome);
  assert.equal(back.welcome.session, welcome.session);
  assert.equal(back.welcome.resume.recovered, true);
  assert.equal(back.welcome.resume.gap, false);
  assert.deepEqual(texts(back.client), ["missed"]);
  const { user, tags, client: product, groups, data, openForMs } = b.stage.app.session(
    welcome.session,
  )!;
  assert.deepEqual([user, tags, product, [...groups], data], [
    "ann",
    { a: "b" },
    "c/1",
    ["room"],
    { score: 1 },
  ]);
  assert.ok(openForMs > 40);
  assert.deepEqual([counts(a), counts(b)], [[0, 0, 1, 0], [1, 0, 0, 1]]);
  assert.deepEqual(moves, [welcome.session, welcome.session]);
});

test("a session that is still connected is taken over, and its old connection told", async () => {
  const nodes = await startNodes(2);
  const [a, b] = nodes as [Node, Node];
  const { client, welcome } = await open(nodes, a);
  const back = await comeBack(nodes, b, welcome);
  assert.equal(back.welcome.resume.recovered, true);
  assert.equal(client.lastEnd.name, "replaced");
  assert.deepEqual([counts(a), counts(b)], [[0, 0, 1, 0], [1, 0, 0, 1]]);
});

test("with the wrong secret, or too high a number, it stays where it is", async () => {
  const nodes = await startNodes(2);
  const [a, b] = nodes as [Node, Node];
  const { welcome } = await open(nodes, a);
  const { resume } = welcome;
  const wrong = { ...welcome, resume: { ...resume, secret: "0".repeat(32) } };
  const stranger = await comeBack(nodes, b, wrong);
  const liar = await comeBack(nodes, b, welcome, 7);
  for (const { welcome: { session, resume: { recovered } } } of [stranger, liar]) {
    assert.equal(recovered, false);
    assert.notEqual(session, welcome.session);
  }
  assert.deepEqual(counts(a), [1, 0, 0, 0]);
});

test("what came behind the Handshake waits until the session is there, and is served then", async () => {
  const nodes = await startNodes(2, { routes: (app) => app.route("echo", (c) => c.bytes()) });
  const [a, b] = nodes as [Node, Node];
  const { client: old, welcome } = await open(nodes, a);
  old.connection.terminate();
  await pass(nodes);
  const { session, resume: { secret } } = welcome;
  const claim = { features: ["routes", "resume"], resume: { session, secret, received: 0 } };
  const client = b.stage.connect();
  client.send(frame(FrameType.Handshake, 1, JSON.stringify(claim)), ask(1, "echo", "hi"));
  await pass(nodes);
  assert.deepEqual(client.heard.slice(1), ["response 1 hi"]);
});

test("a Request that runs when its session goes is answered where it went, and does not run again", async () => {
  let finish = (_: string) => {};
  let ran = 0;
  const routes = (app: Node["stage"]["app"]) =>
    app.route("slow", () => {
      ran++;
      return new Promise<string>((resolve) => finish = resolve);
    });
  const nodes = await startNodes(2, { routes });
  const [a, b] = nodes as [Node, Node];
  const { client, welcome } = await open(nodes, a);
  client.send(ask(1, "slow"));
  await pass(nodes);
  client.connection.terminate();
  const { client: back } = await comeBack(nodes, b, welcome);
  back.send(ask(1, "slow"));
  await pass(nodes);
  assert.deepEqual([ran, back.heard], [1, []]);
  finish("done");
  await pass(nodes);
  assert.deepEqual(back.heard, ["response 1 done"]);
  back.send(ask(1, "slow"));
  await pass(nodes);
  assert.deepEqual([ran, back.heard], [1, ["response 1 done", "response 1 done"]]);
  assert.equal(a.joined.parted + b.joined.parted, 0);
});

test("its answer follows it over several nodes", async () => {
  let finish = (_: string) => {};
  const routes = (app: Node["stage"]["app"]) =>
    app.route("slow", () => new Promise<string>((resolve) => finish = resolve));
  const nodes = await startNodes(3, { routes });
  const { client, welcome } = await open(nodes, nodes[0]!);
  client.send(ask(1, "slow"));
  await pass(nodes);
  const second = await comeBack(nodes, nodes[1]!, welcome);
  const third = await comeBack(nodes, nodes[2]!, second.welcome);
  assert.equal(third.welcome.resume.recovered, true);
  finish("done");
  await pass(nodes, 1000);
  assert.deepEqual(third.client.heard, ["response 1 done"]);
  const home = await comeBack(nodes, nodes[0]!, third.welcome);
  assert.equal(home.welcome.resume.recovered, true);
  assert.equal(nodes[0]!.joined.away, 0);
});

test("where the node is gone on which a Request ran, its client is told that the answer is lost", async () => {
  const routes = (app: Node["stage"]["app"]) =>
    app.route("slow", () => new Promise<string>(() => {}));
  const nodes = await startNodes(2, { routes });
  const { client, welcome } = await open(nodes, nodes[0]!);
  client.send(ask(1, "slow"));
  await pass(nodes);
  const { client: back } = await comeBack(nodes, nodes[1]!, welcome);
  nodes[0]!.leave();
  await pass(nodes);
  assert.deepEqual(back.heard, ["error 1 answer_lost"]);
  assert.equal(nodes[1]!.joined.parted, 0);
});

test("a question that waits for the client is answered where it was asked", async () => {
  const nodes = await startNodes(2);
  const [a, b] = nodes as [Node, Node];
  const { client, welcome } = await open(nodes, a);
  const asked = a.stage.app.session(welcome.session)!.request("q", "?");
  await pass(nodes);
  client.connection.terminate();
  const { client: back } = await comeBack(nodes, b, welcome);
  assert.deepEqual(back.heard, ["request 1 \u0001q?"]);
  back.send(frame(FrameType.Response, 1, "!"));
  await pass(nodes);
  assert.equal(decodeText(await asked), "!");
  // Its numbers go on, so that no answer is taken for another one's.
  void b.stage.app.session(welcome.session)!.request("q", "?").catch(() => {});
  await pass(nodes);
  assert.deepEqual(back.heard.slice(1), ["request 2 \u0001q?"]);
  assert.equal(a.joined.parted, 0);
});

test("whoever still holds the session where it was reaches its client", async () => {
  const nodes = await startNodes(2);
  const [a, b] = nodes as [Node, Node];
  const { client, welcome } = await open(nodes, a);
  const handle = a.stage.app.session(welcome.session)!;
  client.connection.terminate();
  const { client: back } = await comeBack(nodes, b, welcome);
  assert.equal(handle.isOpen, false);
  assert.equal(handle.send("still", "here"), "queued");
  await pass(nodes);
  assert.deepEqual(texts(back), ["\u0005stillhere"]);
});

test("the node that an id names knows where its session is, also after it has forgotten", async () => {
  const nodes = await startNodes(3);
  const [a, b, c] = nodes as [Node, Node, Node];
  const { welcome } = await open(nodes, a);
  const { client } = await comeBack(nodes, b, welcome);
  assert.equal(a.joined.away, 1);
  c.stage.app.reach(welcome.session)!.send("hello");
  await pass(nodes);
  assert.deepEqual(texts(client), ["\u0005hello"]);
  client.send(frame(FrameType.Disconnect, 0));
  await pass(nodes);
  assert.equal(a.joined.away, 0);
});

test("a banned user's session is not continued on another node", async () => {
  const nodes = await startNodes(2);
  const [a, b] = nodes as [Node, Node];
  const { client, welcome } = await open(nodes, a, { user: "ann" });
  client.connection.terminate();
  await pass(nodes);
  b.stage.server.admission.isBanned = (_, user) => user === "ann";
  const { session, resume: { secret } } = welcome;
  const back = b.stage.connect();
  const claim = { features: ["resume"], resume: { session, secret, received: 0 } };
  back.send(frame(FrameType.Handshake, 1, JSON.stringify(claim)));
  await pass(nodes);
  assert.equal(back.lastEnd.name, "banned");
});

test("what is said by any node while a session travels is heard once, also in its groups", async () => {
  const nodes = await startNodes(3);
  const [a, b] = nodes as [Node, Node];
  const { client: old, welcome } = await open(nodes, a, { user: "ann" });
  a.stage.app.session(welcome.session)!.join("room");
  old.connection.terminate();
  await pass(nodes);
  const { session, resume: { secret } } = welcome;
  const claim = { features: ["routes", "resume"], resume: { session, secret, received: 0 } };
  const client = b.stage.connect();
  client.send(frame(FrameType.Handshake, 1, JSON.stringify(claim)));
  const said: string[] = [];
  for (let turn = 0; turn < 200; turn++) {
    const { app } = nodes[turn % 3]!.stage;
    const text = `said ${turn}`;
    if (turn % 2 === 0) app.group("room").broadcast(text);
    else app.user("ann").send("", text);
    said.push(text);
    await null;
    if (turn % 4 === 0) a.stage.world.runFor(0.1);
  }
  await pass(nodes);
  client.frames.shift();
  assert.equal(b.stage.server.counters.takenOver, 1);
  const heard = texts(client).map((text) => text.replace("\u0000", ""));
  assert.deepEqual(heard.toSorted(), said.toSorted());
});

test("a session that is taken over while it is connected gives back its place of the address", async () => {
  const nodes = await startNodes(2, { limits: { connectionsPerAddress: 2 } });
  const [a, b] = nodes as [Node, Node];
  const { welcome } = await open(nodes, a);
  const back = await comeBack(nodes, b, welcome);
  assert.equal(back.welcome.resume.recovered, true);
  const { admission } = a.stage.server;
  assert.equal(admission.addresses, 0);
});
