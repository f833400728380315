// The borrow checker: what is lent is taken back, and what was called frozen is looked at again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "../../../../src/runtime/sim/world.ts";
import { pair } from "./pair.ts";

test("a chunk that is kept after onData is overwritten", () => {
  const world = new World(1);
  let kept = new Uint8Array();
  let copied = new Uint8Array();
  const { client } = pair(world, {}, {
    onData(chunk) {
      kept = chunk as Uint8Array<ArrayBuffer>;
      copied = chunk.slice();
    },
  });
  client.write(Uint8Array.of(1, 2, 3), true);
  world.runUntilIdle();
  assert.deepEqual([...copied], [1, 2, 3]);
  assert(kept.every((byte, i) => byte !== copied[i]), `the kept chunk still holds ${kept}`);
});

test("frozen bytes that change before they arrive are found, and the stream is named", () => {
  const world = new World(1);
  const { client } = pair(world);
  const bytes = new Uint8Array(100);
  client.write(bytes, true);
  bytes[42] = 7;
  const { name } = world.streamOf(client);
  assert.throws(() => world.runUntilIdle(), (error: Error) => {
    return error.message.includes(name) && error.message.includes("byte 42 of 100 is 7, was 0");
  });
});

test("frozen bytes that change while their reader pauses are found, also where they never arrive", () => {
  for (const finish of ["resume", "terminate"] as const) {
    const world = new World(1);
    const { client, server } = pair(world);
    server.pause();
    const bytes = new Uint8Array(100);
    client.write(bytes, true);
    world.runUntilIdle();
    bytes[0] = 1;
    server[finish]();
    assert.throws(() => world.runUntilIdle(), /Frozen bytes changed/);
  }
});

test("a lent chunk that is written on as frozen is found", () => {
  const world = new World(1);
  const { client, server } = pair(world, {}, { onData: (chunk) => void server.write(chunk, true) });
  client.write(Uint8Array.of(1, 2, 3), true);
  assert.throws(() => world.runUntilIdle(), /Frozen bytes changed/);
});

test("bytes that are not frozen may change, and so may what a short write left over", () => {
  const world = new World(1, { bufferBytes: 100 });
  const received: number[] = [];
  const { client } = pair(world, {}, { onData: (chunk) => void received.push(...chunk) });
  const bytes = new Uint8Array(60);
  client.write(bytes, false);
  bytes.fill(1);
  assert.equal(client.write(bytes, true), 40);
  bytes.fill(2, 40);
  world.runUntilIdle();
  assert.deepEqual(received, [...new Array(60).fill(0), ...new Array(40).fill(1)]);
});
