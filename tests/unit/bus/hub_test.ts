// The bus of one process: who hears what, what is asked and answered, and what happens when somebody is gone or slow.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bus } from "../../../src/bus/bus.ts";
import { seal, unseal } from "../../../src/bus/envelope.ts";
import { Hub } from "../../../src/bus/hub.ts";
import { HubBus } from "../../../src/bus/hub_bus.ts";
import { joinHere } from "../../../src/bus/join_here.ts";
import { BUS_WAITING_BYTES_MAX } from "../../../src/limits/bus.ts";
import { World } from "../../../src/runtime/sim/world.ts";

function text(text: string): Uint8Array {
  return seal({ text });
}

function textOf(message: Uint8Array): string {
  return unseal<{ text: string }>(message).text;
}

/** Lets everything arrive that is on its way. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null;
}

async function nodes(count: number) {
  const { clock } = new World(1);
  const hub = new Hub();
  const joined = Array.from({ length: count }, (_, node) => joinHere(hub, node, clock));
  await settle();
  return { buses: joined.map(({ bus }) => bus), leave: joined.map(({ leave }) => leave) };
}

function heardBy(bus: Bus, subject: string): string[] {
  const heard: string[] = [];
  bus.subscribe(subject, (message, from) => heard.push(`${from}: ${textOf(message)}`));
  return heard;
}

test("a message reaches those who subscribe to its subject, in order, and not its sender", async () => {
  const { buses: [a, b, c] } = await nodes(3);
  const [heardA, heardB, heardC] = [heardBy(a!, "s"), heardBy(b!, "s"), heardBy(c!, "other")];
  await settle();
  a!.publish("s", text("one"));
  a!.publish("s", text("two"));
  await settle();
  assert.deepEqual([heardA, heardB, heardC], [[], ["0: one", "0: two"], []]);
});

test("a message is carried to no node that does not subscribe, nor to one that did", async () => {
  const hub = new Hub();
  const { clock } = new World(1);
  let batches = 0;
  const { bus } = joinHere(hub, 0, clock);
  const idle: HubBus = new HubBus(1, clock, (batch) => port.take(batch));
  const port = hub.join(1, (batch) => (batches++, idle.take(batch)));
  await settle();
  const stop = idle.subscribe("s", () => {});
  await settle();
  const before = batches;
  bus.publish("s", text("heard"));
  await settle();
  assert.equal(batches, before + 1);
  stop();
  await settle();
  bus.publish("s", text("not heard"));
  await settle();
  assert.equal(batches, before + 1);
});

test("a message to one node is for that node alone", async () => {
  const { buses: [a, b, c] } = await nodes(3);
  const [heardB, heardC] = [heardBy(b!, "s"), heardBy(c!, "s")];
  await settle();
  a!.publish("s", text("psst"), 2);
  await settle();
  assert.deepEqual([heardB, heardC], [[], ["0: psst"]]);
});

test("a question to all is over once all have answered, those who do not serve it included", async () => {
  const { buses: [a, b, c] } = await nodes(4);
  b!.serve("q", (message, from) => text(`b heard ${textOf(message)} of ${from}`));
  c!.serve("q", () => Promise.reject(new Error("No")));
  const replies = await a!.request("q", text("hello"), "all", 1000);
  assert.deepEqual(replies.map(({ from, message }) => [from, textOf(message)]), [
    [1, "b heard hello of 0"],
  ]);
});

test("a question ends at its deadline with what came until then", async () => {
  const world = new World(1);
  const hub = new Hub();
  const [a, b, c] = [0, 1, 2].map((node) => joinHere(hub, node, world.clock).bus);
  await settle();
  b!.serve("q", () => text("in time"));
  c!.serve("q", () => new Promise<never>(() => {}));
  const asked = a!.request("q", text("?"), "all", 1000);
  await settle();
  world.runFor(1000);
  assert.deepEqual((await asked).map(({ from }) => from), [1]);
});

test("who leaves is missed by nobody: the others are told, and questions to it are over", async () => {
  const { buses: [a, b], leave } = await nodes(2);
  const changes: string[] = [];
  a!.onNode((node, change) => changes.push(`${node} ${change}`));
  b!.serve("q", () => new Promise<never>(() => {}));
  const asked = a!.request("q", text("?"), 1, 1000);
  await settle();
  leave[1]!();
  assert.deepEqual(await asked, []);
  assert.deepEqual([changes, [...a!.others]], [["1 left"], []]);
  assert.deepEqual(await a!.request("q", text("?"), 1, 1000), []);
});

test("what waits for a node that does not keep up is bounded: the rest is dropped and counted", async () => {
  const hub = new Hub();
  const { clock } = new World(1);
  const { bus } = joinHere(hub, 0, clock);
  let gotBytes = 0;
  // Takes batches in, and says never that it has.
  const port = hub.join(1, ({ parcels }) => {
    for (const parcel of parcels) {
      if ("letter" in parcel) gotBytes += parcel.letter.message?.length ?? 0;
    }
  });
  port.take({ parcels: [{ kind: "interest", subject: "s", isOn: true }], takenBytes: 0 });
  await settle();
  const message = new Uint8Array(4 * 1024 * 1024);
  for (let i = 0; i < 20; i++) {
    bus.publish("s", message);
    await settle();
  }
  assert.ok(gotBytes <= BUS_WAITING_BYTES_MAX);
  assert.equal(gotBytes / message.length + hub.dropped, 20);
  // It catches up, and hears again.
  port.take({ parcels: [], takenBytes: BUS_WAITING_BYTES_MAX });
  bus.publish("s", message);
  await settle();
  assert.equal(gotBytes / message.length + hub.dropped, 21);
});

test("an envelope gives back its fields and its bytes, also where there are none", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assert.deepEqual(unseal(seal({ a: "ü", b: 1 }, bytes)), { a: "ü", b: 1, bytes });
  assert.deepEqual(unseal(seal({})), { bytes: new Uint8Array(0) });
  assert.throws(() => unseal(Uint8Array.of(0, 0, 0, 9, 1)));
});
