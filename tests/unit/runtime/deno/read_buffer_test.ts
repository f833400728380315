// The memory that connections on Deno read into: it follows what comes, and is used again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadBuffer, ReadBuffers } from "../../../../src/runtime/deno/read_buffer.ts";

const [SMALL, MIDDLE, LARGE] = [512, 4096, 65536];

test("a buffer grows while reads fill it, and lets the largest go at once", () => {
  const buffer = new ReadBuffer(new ReadBuffers());
  const sizes = [buffer.bytes.length];
  for (const received of [SMALL, MIDDLE, LARGE, 13]) {
    buffer.adapt(received);
    sizes.push(buffer.bytes.length);
  }
  assert.deepEqual(sizes, [SMALL, MIDDLE, LARGE, LARGE, MIDDLE]);
});

test("the middle size is kept until eight reads in a row would have fitted the smallest", () => {
  const buffer = new ReadBuffer(new ReadBuffers());
  buffer.adapt(SMALL);
  for (let read = 0; read < 7; read++) buffer.adapt(13);
  buffer.adapt(SMALL + 1);
  for (let read = 0; read < 7; read++) buffer.adapt(13);
  assert.equal(buffer.bytes.length, MIDDLE);
  buffer.adapt(13);
  assert.equal(buffer.bytes.length, SMALL);
});

test("what one connection has let go the next one takes, and no two have the same", () => {
  const buffers = new ReadBuffers();
  const one = new ReadBuffer(buffers);
  one.adapt(SMALL);
  one.adapt(MIDDLE);
  const large = one.bytes;
  one.adapt(13);
  const [other, third] = [new ReadBuffer(buffers), new ReadBuffer(buffers)];
  for (const buffer of [other, third]) {
    buffer.adapt(SMALL);
    buffer.adapt(MIDDLE);
  }
  assert.equal(other.bytes, large);
  assert.notEqual(third.bytes, large);
});

test("no more than 64 of a size are kept", () => {
  const buffers = new ReadBuffers();
  const given = Array.from({ length: 65 }, () => new Uint8Array(LARGE));
  for (const buffer of given) buffers.give(2, buffer);
  const taken = Array.from({ length: 65 }, () => buffers.take(2));
  assert.equal(taken.filter((buffer) => given.includes(buffer)).length, 64);
});
