// Messages over several nodes: to everybody, groups, users and single sessions, as if there were one node.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { RequestError } from "../../../src/codec/request_error.ts";
import { frame } from "../server/client.ts";
import { comeBack, open, pass, startNodes, texts } from "./nodes.ts";

test("a Broadcast reaches everybody on every node, but for those that are left out", async () => {
  const nodes = await startNodes(3);
  const [a, b, c] = await Promise.all(nodes.map((node) => open(nodes, node)));
  assert.deepEqual(nodes[0]!.stage.app.broadcast("hi", { except: [c!.welcome.session] }), {
    matched: 1,
    queued: 1,
    slow: 0,
  });
  await pass(nodes);
  assert.deepEqual([a, b, c].map((one) => texts(one!.client)), [["hi"], ["hi"], []]);
});

test("tags select on every node; a function cannot travel, which is said", async () => {
  const nodes = await startNodes(2);
  const eu = await open(nodes, nodes[1]!, { tags: { region: "eu", tier: "1" } });
  const us = await open(nodes, nodes[1]!, { tags: { region: "us" } });
  const { app } = nodes[0]!.stage;
  app.broadcast("hallo", { tags: { region: "eu" } });
  await pass(nodes);
  assert.deepEqual([texts(eu.client), texts(us.client)], [["hallo"], []]);
  assert.throws(() => app.broadcast("x", { filter: () => true }), /use "tags", or a group/);
  assert.equal(app.everyone.here.broadcast("x", { filter: () => true }).matched, 0);
});

test("a group's messages go to those nodes alone that have members", async () => {
  const nodes = await startNodes(3);
  const members = await Promise.all(nodes.slice(0, 2).map((node) => open(nodes, node)));
  const outsider = await open(nodes, nodes[2]!);
  for (const [i, { welcome }] of members.entries()) {
    nodes[i]!.stage.app.session(welcome.session)!.join("room");
  }
  await pass(nodes);
  let carried = 0;
  const { take } = nodes[2]!.bus;
  nodes[2]!.bus.take = (batch) => (carried++, take.call(nodes[2]!.bus, batch));
  nodes[0]!.stage.app.group("room").broadcast("psst");
  await pass(nodes);
  assert.deepEqual(members.map(({ client }) => texts(client)), [["psst"], ["psst"]]);
  assert.deepEqual([texts(outsider.client), carried], [[], 0]);
  nodes[1]!.stage.app.session(members[1]!.welcome.session)!.leave("room");
  await pass(nodes);
  nodes[0]!.stage.app.group("room").broadcast("again");
  await pass(nodes);
  assert.deepEqual(members.map(({ client }) => texts(client)), [["again"], []]);
});

test("what became of a message is counted over all nodes where somebody waits for that", async () => {
  const nodes = await startNodes(3);
  for (const node of nodes) await open(nodes, node, { user: "ann" });
  const sent = nodes[0]!.stage.app.user("ann").deliver("mail", "3");
  await pass(nodes);
  assert.deepEqual(await sent, { matched: 3, queued: 3, slow: 0 });
  nodes[0]!.leave();
  await pass(nodes);
});

test("many are asked on every node, and answer as one", async () => {
  const nodes = await startNodes(3);
  const clients = [];
  for (const [i, node] of nodes.entries()) {
    clients.push(await open(nodes, node, { user: `user${i}` }));
  }
  const asked = nodes[0]!.stage.app.everyone.request("roll", "call");
  await pass(nodes);
  for (const [i, { client }] of clients.entries()) {
    const [question] = client.frames.splice(0);
    assert.equal(decodeText(question!.payload), "\u0004rollcall");
    const type = i === 1 ? FrameType.Error : FrameType.Response;
    const payload = i === 1 ? '{"code":3123,"name":"application","message":"No"}' : `here ${i}`;
    client.send(frame(type, question!.id, payload));
  }
  await pass(nodes);
  const answers = await asked;
  const told = answers.map((answer) => [
    answer.session.user,
    "bytes" in answer ? decodeText(answer.bytes) : answer.error.code,
  ]);
  assert.deepEqual(told.sort(), [["user0", "here 0"], ["user1", 3123], ["user2", "here 2"]]);
  const { welcome: { session } } = clients[2]!;
  assert.equal(answers.find(({ session: { id } }) => id === session)!.session.send("r"), "queued");
  await pass(nodes);
  assert.deepEqual(texts(clients[2]!.client), ["\u0001r"]);
});

test("what fits into no frame is refused where it is sent, and shows nowhere else", async () => {
  const nodes = await startNodes(2);
  const { welcome } = await open(nodes, nodes[1]!);
  const { app } = nodes[0]!.stage;
  const long = "r".repeat(256);
  assert.throws(() => app.everyone.send(long, "x"));
  assert.throws(() => app.reach(welcome.session)!.send(long, "x"));
  assert.throws(() => app.broadcast(new Uint8Array(16 * 1024 * 1024)));
  await pass(nodes);
  assert.deepEqual(nodes[1]!.stage.log.filter(({ level }) => level === "error"), []);
});

test("who gives up asking waits for nobody, wherever that is", async () => {
  const nodes = await startNodes(2);
  await open(nodes, nodes[1]!);
  const { app } = nodes[0]!.stage;
  const [soon, never] = [new AbortController(), new AbortController()];
  never.abort();
  const asked = [soon, never].map(({ signal }) => app.everyone.request("q", "?", { signal }));
  soon.abort();
  assert.deepEqual(await Promise.all(asked), [[], []]);
  await pass(nodes);
});

test("one session is reached from every node: messages, questions, kicks", async () => {
  const nodes = await startNodes(2);
  const { client, welcome } = await open(nodes, nodes[1]!);
  const reference = nodes[0]!.stage.app.reach(welcome.session)!;
  assert.equal(reference.send("news", encodeText("!")), "queued");
  const asked = reference.request("q", "?");
  await pass(nodes);
  assert.deepEqual(texts(client), ["\u0004news!", "\u0001q?"]);
  client.send(frame(FrameType.Response, 1, "because"));
  await pass(nodes);
  assert.equal(decodeText(await asked), "because");
  reference.kick({ message: "Enough" });
  await pass(nodes);
  assert.equal(client.lastEnd.message, "Enough");
});

test("a question to a session that nobody has, or whose node is gone, is cancelled", async () => {
  const nodes = await startNodes(2);
  const { welcome } = await open(nodes, nodes[1]!);
  const { app } = nodes[0]!.stage;
  const unknown = welcome.session.replace(/^.{8}/, "00000000");
  const asked = app.reach(unknown)!.request("q", "?");
  const refused = assert.rejects(
    asked,
    (error) => error instanceof RequestError && error.name === "cancelled",
  );
  await pass(nodes);
  await refused;
  nodes[1]!.leave();
  await pass(nodes);
  assert.equal(app.reach(welcome.session), undefined);
  assert.equal(app.reach("not an id"), undefined);
});

test("a group goes with a session that moves: it hears it once, where it is now", async () => {
  const nodes = await startNodes(3);
  const { welcome } = await open(nodes, nodes[0]!);
  nodes[0]!.stage.app.session(welcome.session)!.join("room");
  const back = await comeBack(nodes, nodes[1]!, welcome);
  nodes[2]!.stage.app.group("room").broadcast("psst");
  await pass(nodes);
  assert.deepEqual(texts(back.client), ["psst"]);
  assert.equal(nodes[0]!.stage.app.groups.size, 0);
});
