// What a simulated network does to streams: by its odds, and by a test's own hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "../../../../src/runtime/sim/world.ts";
import type { StreamEnd } from "../../../../src/transport/transport.ts";
import { pair } from "./pair.ts";

test("segments stay within their sizes, and join and cut what was written", () => {
  const world = new World(1, { segmentBytes: [3, 50] });
  const lengths: number[] = [];
  const { client } = pair(world, {}, { onData: (chunk) => void lengths.push(chunk.length) });
  for (let i = 0; i < 500; i++) client.write(new Uint8Array(i % 20), true);
  world.runUntilIdle();
  assert.equal(lengths.reduce((sum, length) => sum + length), 25 * 190);
  assert(lengths.slice(0, -1).every((length) => length >= 3 && length <= 50), `${lengths}`);
  assert(new Set(lengths).size > 20, "sizes vary");
});

test("a peer that does not read holds at most bufferBytes, and latency is kept to", () => {
  const world = new World(1, { bufferBytes: 1000, latencyMs: [20, 30] });
  let arrived = 0;
  const { client, server } = pair(world, {}, { onData: () => void (arrived = world.clock.now()) });
  server.pause();
  assert.equal(client.write(new Uint8Array(5000), true), 1000);
  assert.equal(client.write(new Uint8Array(5000), true), 0);
  server.resume();
  const written = world.clock.now();
  world.runUntil(() => arrived > 0);
  assert(arrived >= written + 20 && arrived <= written + 30, `${arrived - written} ms`);
});

test("a write is cut short as often as its odds say, but takes something where there is room", () => {
  const world = new World(1, { shortWriteChance: 0.5 });
  let writables = 0;
  const { client } = pair(world, { onWritable: () => void writables++ });
  let short = 0;
  for (let i = 0; i < 100; i++) {
    const taken = client.write(new Uint8Array(10), true);
    assert(taken > 0);
    if (taken < 10) short++;
    world.runUntilIdle();
  }
  assert(short > 30 && short < 70, `${short} of 100`);
  assert.equal(writables, short);
});

test("a stalled segment comes late, with all behind it, and nothing else changes", () => {
  const world = new World(1, { stallChance: 1, stallMs: [500, 500] });
  const arrivals: number[] = [];
  const ends: number[] = [];
  const { client } = pair(world, {}, {
    onData: () => void arrivals.push(world.clock.now()),
    onEnd: () => void ends.push(world.clock.now()),
  });
  const written = world.clock.now();
  client.write(new Uint8Array(10), true);
  client.end();
  world.runUntilIdle();
  assert.deepEqual([arrivals, ends], [[written + 501], [written + 501]]);
});

test("a segment that the odds break is not delivered, and both sides see a reset", () => {
  const world = new World(1, { resetChance: 1 });
  const closed: StreamEnd[] = [];
  const onClose = (how: StreamEnd) => void closed.push(how);
  const { client } = pair(world, { onClose }, { onClose, onData: () => assert.fail("delivered") });
  client.write(new Uint8Array(10), true);
  world.runUntilIdle();
  assert.deepEqual(closed, ["reset", "reset"]);
});

test("a corrupted segment differs in one bit, and the writer's bytes do not", () => {
  const world = new World(1, { corruptChance: 1 });
  const received: number[] = [];
  const { client } = pair(world, {}, { onData: (chunk) => void received.push(...chunk) });
  const bytes = new Uint8Array(100);
  client.write(bytes, true);
  world.runUntilIdle();
  const wrong = received.filter((byte) => byte !== 0);
  assert.deepEqual([received.length, wrong.length], [100, 1]);
  assert.equal(Math.log2(wrong[0]!) % 1, 0, "one bit");
});

test("reset() ends both sides, also a paused one, and nothing unread arrives", () => {
  const world = new World(1);
  const heard: string[] = [];
  const { client, server } = pair(
    world,
    { onClose: (how) => void heard.push(`client ${how}`) },
    {
      onData: () => void heard.push("data"),
      onClose: (how) => void heard.push(`server ${how}`),
    },
  );
  server.pause();
  client.write(new Uint8Array(10), true);
  world.streamOf(client).reset();
  world.runUntilIdle();
  assert.deepEqual(heard.sort(), ["client reset", "server reset"]);
});

test("after cut() nothing arrives and nobody is told, until each side gives up itself", () => {
  const world = new World(1, { bufferBytes: 100 });
  const heard: string[] = [];
  const ears = (name: string) => ({
    onData: () => void heard.push(`${name} data`),
    onWritable: () => void heard.push(`${name} writable`),
    onEnd: () => void heard.push(`${name} end`),
    onClose: (how: StreamEnd) => void heard.push(`${name} ${how}`),
  });
  const { client, server } = pair(world, ears("client"), ears("server"));
  client.write(new Uint8Array(10), true);
  world.streamOf(client).cut();
  assert.equal(client.write(new Uint8Array(100), true), 90);
  server.end();
  world.runUntilIdle();
  assert.deepEqual(heard, []);
  server.terminate();
  world.runUntilIdle();
  assert.deepEqual(heard, ["server terminated"]);
  client.terminate();
  world.runUntilIdle();
  assert.deepEqual([heard.at(-1), world.openStreams.size], ["client terminated", 0]);
});
