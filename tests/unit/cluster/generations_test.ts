// What a backend is told where there are several nodes: a session keeps the generation of its connect, wherever it goes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { listenFor } from "../../../src/handlers/backend_listener.ts";
import { GENERATIONS_PER_MS } from "../../../src/limits/handlers.ts";
import { disconnect } from "../server/client.ts";
import { comeBack, type Node, open, pass, startNodes } from "./nodes.ts";

const NOW = 1_800_000_000_000;

/** Nodes with one time of day, and what the backend is told: the event, the user, and its generation from 1 on. */
async function nodesWithBackend(count: number) {
  const told: string[] = [];
  const time = { now: NOW };
  const nodes = await startNodes(count, {
    routes(app) {
      const push = ({ headers }: { headers: Record<string, string> }) => {
        const generation = Number(headers["x-generation"]) - NOW * GENERATIONS_PER_MS;
        told.push(`${headers["x-event"]} ${headers["x-user"]} ${generation}`);
      };
      const events = { push, idle: () => Promise.resolve() };
      listenFor(app, ["connect", "resume", "disconnect"], events, () => time.now);
    },
  });
  return { nodes, told, time };
}

test("a session carries the generation of its connect over nodes, and connects there are above it", async () => {
  const { nodes, told } = await nodesWithBackend(3);
  const [a, b, c] = nodes as [Node, Node, Node];
  for (const user of ["x", "y"]) await open(nodes, a, { user });
  const first = await open(nodes, a, { user: "ann" });
  const second = await comeBack(nodes, b, first.welcome);
  await open(nodes, b, { user: "ann" });
  const third = await comeBack(nodes, c, second.welcome);
  const home = await comeBack(nodes, a, third.welcome);
  home.client.send(disconnect());
  await pass(nodes);
  assert.deepEqual(told.filter((line) => line.includes("ann")), [
    "connect ann 3",
    "resume ann 3",
    "connect ann 4",
    "resume ann 3",
    "resume ann 3",
    "disconnect ann 3",
  ]);
});

test("also where it ended before its client was let in again", async () => {
  const { nodes, told } = await nodesWithBackend(2);
  const [a, b] = nodes as [Node, Node];
  await open(nodes, a, { user: "x" });
  const { welcome } = await open(nodes, a, { user: "ann" });
  b.stage.server.admission.isBanned = (_, user) => user === "ann";
  await comeBack(nodes, b, welcome);
  await pass(nodes, a.stage.limits.resumeWindowMs + 1000);
  assert.deepEqual(told.filter((line) => line.includes("ann")), [
    "connect ann 2",
    "disconnect ann 2",
  ]);
});

test("where the word of it is lost, it gets a new one, above the old one", async () => {
  const { nodes, told, time } = await nodesWithBackend(2);
  const [a, b] = nodes as [Node, Node];
  const { client, welcome } = await open(nodes, a, { user: "ann" });
  client.connection.terminate();
  await pass(nodes);
  time.now += 2;
  a.bus.publish = () => {};
  const back = await comeBack(nodes, b, welcome);
  back.client.send(disconnect());
  await pass(nodes);
  assert.deepEqual(told, ["connect ann 1", "resume ann 2000", "disconnect ann 2000"]);
});

test("however many connect to one node, who connects to another one later is above them", async () => {
  const { nodes, told, time } = await nodesWithBackend(2);
  const [a, b] = nodes as [Node, Node];
  for (let i = 0; i < 5; i++) await open(nodes, a, { user: "ann" });
  time.now++;
  await open(nodes, b, { user: "ann" });
  assert.deepEqual(told.slice(-2), ["connect ann 5", `connect ann ${GENERATIONS_PER_MS}`]);
});
