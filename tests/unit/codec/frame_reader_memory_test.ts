// What a frame reader allocates and copies: nothing ahead of bytes, nothing that stays lent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_BYTES } from "../../../src/base/bytes.ts";
import { FrameReader, type FrameSink } from "../../../src/codec/frame_reader.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import {
  collect,
  concat,
  frameBytes,
  fromHex,
  type PlainFrame,
  pushLent,
  toHex,
} from "./frames.ts";

/** The sizes of all Uint8Arrays that `run` makes with `new`; its own views on memory count too. */
function sizesMade(run: () => void): number[] {
  const Real = globalThis.Uint8Array;
  const sizes: number[] = [];
  globalThis.Uint8Array = new Proxy(Real, {
    construct(target, args) {
      const made = Reflect.construct(target, args) as Uint8Array;
      sizes.push(made.length);
      return made;
    },
  });
  try {
    run();
  } finally {
    globalThis.Uint8Array = Real;
  }
  return sizes;
}

test("16 MiB announced in 5 bytes costs 5 bytes held and a small buffer", () => {
  for (const cut of [0, 1, 4]) {
    const reader = new FrameReader(FRAME_BYTES_CEILING);
    const bytes = fromHex("01000000 10");
    const sizes = sizesMade(() => {
      reader.push(bytes.subarray(0, cut), collect([]));
      reader.push(bytes.subarray(cut), collect([]));
    });
    assert.equal(reader.heldBytes, 5);
    assert.equal(reader.midFrame, true);
    assert.ok(sizes.length > 0, "the count sees what the reader makes");
    assert.ok(Math.max(...sizes) <= 256, `made ${sizes}`);
  }
});

test("a refused length makes no buffer at all when it comes in one chunk", () => {
  const reader = new FrameReader(FRAME_BYTES_CEILING);
  const bytes = fromHex("ffffffff 10 0000000000000000");
  assert.deepEqual(sizesMade(() => reader.push(bytes, collect([]))), []);
  assert.equal(reader.violation, "frame_too_large");
});

test("the buffer of a large frame never passes twice what has arrived, nor the frame", () => {
  const frame = frameBytes(0x10, 1n, new Uint8Array(40_000).map((_, i) => i % 251));
  for (const size of [1, 100, 1000, 30_000]) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(FRAME_BYTES_CEILING);
    for (let end = size; end < frame.length + size; end += size) {
      const chunk = frame.subarray(end - size, end);
      const sizes = sizesMade(() => reader.push(chunk, collect(frames)));
      const allowed = Math.min(frame.length, Math.max(256, 2 * end));
      assert.ok(Math.max(0, ...sizes) <= allowed, `made ${sizes} of ${end} bytes`);
    }
    assert.equal(frames[0]!.payload, toHex(frame.subarray(13)), `chunks of ${size}`);
  }
});

test("bytes that trickle in are copied a bounded number of times, not once per byte", () => {
  const frame = frameBytes(0x10, 1n, new Uint8Array(20_000));
  const reader = new FrameReader(FRAME_BYTES_CEILING);
  const sizes = sizesMade(() => {
    for (let i = 0; i < frame.length - 1; i++) reader.push(frame.subarray(i, i + 1), collect([]));
  });
  assert.ok(sizes.length <= 10, `made ${sizes.length} buffers`);
});

test("going on after many stops copies the rest of the chunk once", () => {
  const chunk = concat(Array.from({ length: 1000 }, () => frameBytes(0x12, 0n, NO_BYTES)));
  const reader = new FrameReader(100);
  const sink = { onFrame: () => false };
  const sizes = sizesMade(() => {
    let result = reader.push(chunk, sink);
    while (result === "stopped") result = reader.push(NO_BYTES, sink);
  });
  assert.equal(sizes.reduce((sum, size) => sum + size, 0), chunk.length - 13);
});

test("the memory of a frame that came in parts is given up with it, not kept for the next one", () => {
  const frame = frameBytes(0x10, 1n, new Uint8Array(5000));
  const reader = new FrameReader(FRAME_BYTES_CEILING);
  const begin = () => reader.push(frame.subarray(0, 2000), collect([]));
  const first = sizesMade(begin);
  reader.push(frame.subarray(2000), collect([]));
  assert.equal(reader.heldBytes, 0);
  assert.deepEqual(sizesMade(begin), first);
  assert.ok(first.length > 0);
});

test("a whole frame inside a chunk is lent as a view, not copied", () => {
  const chunk = concat([
    frameBytes(0x10, 1n, fromHex("0102")),
    frameBytes(0x10, 2n, fromHex("03")),
  ]);
  const payloads: Uint8Array[] = [];
  const sink: FrameSink = { onFrame: (frame) => payloads.push(frame.payload) > 0 };
  assert.deepEqual(sizesMade(() => new FrameReader(100).push(chunk, sink)), []);
  for (const payload of payloads) assert.equal(payload.buffer, chunk.buffer);
});

test("a chunk overwritten after push() does not change a frame that comes in parts", () => {
  const frame = frameBytes(0x10, 0x0102_0304_0506_0708n, new Uint8Array(400).map((_, i) => i));
  for (const size of [1, 3, 12, 13, 14, 100, 412]) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(1000);
    for (let at = 0; at < frame.length; at += size) {
      pushLent(reader, frame.subarray(at, at + size), collect(frames));
    }
    const expected = { type: 0x10, id: 0x0102_0304_0506_0708n, payload: toHex(frame.subarray(13)) };
    assert.deepEqual(frames, [expected], `chunks of ${size}`);
  }
});
