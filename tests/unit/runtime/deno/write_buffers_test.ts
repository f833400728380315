// Buffers for short writes: used again, never more of them than writes run at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WriteBuffers } from "../../../../src/runtime/deno/write_buffers.ts";

const BYTES = Uint8Array.of(1, 2, 3);

test("a buffer holds the bytes, and the next one to ask gets the one that was given back", () => {
  const buffers = new WriteBuffers();
  const first = buffers.take(BYTES)!;
  assert.deepEqual(first.subarray(0, 3), BYTES);
  const second = buffers.take(BYTES)!;
  assert.notEqual(second.buffer, first.buffer);
  buffers.give(first);
  assert.equal(buffers.take(BYTES)!.buffer, first.buffer);
});

test("there are 128 of them, whether they come back or are forgotten", () => {
  const buffers = new WriteBuffers();
  const taken = Array.from({ length: 128 }, () => buffers.take(BYTES)!);
  assert.ok(taken.every((buffer) => buffer !== null));
  assert.equal(buffers.take(BYTES), null);
  buffers.give(taken[0]!);
  assert.ok(buffers.take(BYTES));
  buffers.forget();
  assert.ok(buffers.take(BYTES));
  assert.equal(buffers.take(BYTES), null);
});

test("what is longer than a buffer gets memory of its own", () => {
  const buffers = new WriteBuffers();
  assert.ok(buffers.take(new Uint8Array(16 * 1024)));
  assert.equal(buffers.take(new Uint8Array(16 * 1024 + 1)), null);
});
