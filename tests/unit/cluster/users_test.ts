// The limit of sessions per user holds over all nodes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { handshake } from "../server/client.ts";
import { type Node, open, pass, startNodes } from "./nodes.ts";

const ANN = { features: [], user: "ann" };

function sessionsOf(nodes: readonly Node[]): number[] {
  return nodes.map(({ stage }) => stage.server.users.get("ann").size);
}

test("who comes again replaces the oldest session, wherever that is", async () => {
  const nodes = await startNodes(3, { limits: { sessionsPerUser: 2 } });
  const { client: first } = await open(nodes, nodes[0]!, ANN);
  await open(nodes, nodes[1]!, ANN);
  assert.deepEqual(sessionsOf(nodes), [1, 1, 0]);
  await open(nodes, nodes[2]!, ANN);
  assert.deepEqual(sessionsOf(nodes), [0, 1, 1]);
  assert.equal(first.lastEnd.name, "replaced");
});

test("or is refused, as the policy says, and told when to try again", async () => {
  const nodes = await startNodes(2, {
    limits: { sessionsPerUser: 1 },
    policies: { sessionsPerUserPolicy: "refuse" },
  });
  await open(nodes, nodes[0]!, ANN);
  const client = nodes[1]!.stage.connect();
  client.send(handshake(JSON.stringify(ANN)));
  await pass(nodes);
  assert.equal(client.lastEnd.name, "too_many_for_user");
  assert.ok(client.lastEnd.retryAfterMs! > 0);
  assert.deepEqual(sessionsOf(nodes), [1, 0]);
});

for (const policy of ["refuse", "replace_oldest"] as const) {
  test(`of those who come to all nodes at the same moment the limit lets so many in (${policy})`, async () => {
    const nodes = await startNodes(3, {
      limits: { sessionsPerUser: 1 },
      policies: { sessionsPerUserPolicy: policy },
    });
    const clients = nodes.map(({ stage }) => stage.connect());
    for (const client of clients) client.send(handshake(JSON.stringify(ANN)));
    await pass(nodes, 200);
    assert.equal(sessionsOf(nodes).reduce((a, b) => a + b), 1);
  });
}

test("a limit that is only observed ends nobody", async () => {
  const nodes = await startNodes(2, {
    limits: { sessionsPerUser: 1 },
    policies: { limitsMode: "observe" },
  });
  await open(nodes, nodes[0]!, ANN);
  await open(nodes, nodes[1]!, ANN);
  assert.deepEqual(sessionsOf(nodes), [1, 1]);
  assert.equal(nodes[1]!.stage.server.counters.limitHits.get("too_many_for_user"), 1);
});

test("a node that does not answer delays who comes by the deadline, and no longer", async () => {
  const nodes = await startNodes(2, { limits: { sessionsPerUser: 1 } });
  nodes[1]!.bus.serve("users", () => new Promise<never>(() => {}));
  const client = nodes[0]!.stage.connect();
  client.send(handshake(JSON.stringify(ANN)));
  await pass(nodes, 1900);
  assert.deepEqual(client.heard, []);
  await pass(nodes, 200);
  assert.deepEqual(client.heard.length, 1);
});
