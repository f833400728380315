// A frame reader whose sink asks to stop in the middle of a chunk, and that goes on later.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { NO_BYTES } from "../../../src/base/bytes.ts";
import { FrameReader } from "../../../src/codec/frame_reader.ts";
import { collect, concat, frameBytes, fromHex, type PlainFrame } from "./frames.ts";

const COUNT = 500;
const FRAMES = Array.from(
  { length: COUNT },
  (_, i) => frameBytes(0x12, BigInt(i), new Uint8Array(i % 5).fill(i)),
);
const STREAM = concat(FRAMES);
const IDS = FRAMES.map((_, i) => BigInt(i));

function ids(frames: PlainFrame[]): bigint[] {
  return frames.map(({ id }) => id);
}

test("a reader that stops after every few frames loses, repeats and reorders none", () => {
  for (const every of [1, 2, 3, 7, 499, 500, 501]) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(100);
    const sink = collect(frames, () => frames.length % every !== 0);
    let stops = 0;
    let result = reader.push(STREAM, sink);
    while (result === "stopped") {
      stops++;
      assert.equal(frames.length, stops * every);
      const delivered = FRAMES.slice(0, frames.length).reduce((sum, { length }) => sum + length, 0);
      assert.equal(reader.heldBytes, STREAM.length - delivered);
      assert.equal(reader.midFrame, false);
      result = reader.push(NO_BYTES, sink);
    }
    assert.equal(result, "incomplete");
    assert.equal(stops, Math.floor(COUNT / every));
    assert.deepEqual(ids(frames), IDS);
    assert.equal(reader.heldBytes, 0);
  }
});

test("stops in every chunk of a cut stream lose, repeat and reorder no frame", () => {
  for (const size of [1, 5, 13, 14, 64, 1000]) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(100);
    const sink = collect(frames, () => false);
    for (let at = 0; at < STREAM.length; at += size) {
      let result = reader.push(STREAM.subarray(at, at + size), sink);
      while (result === "stopped") result = reader.push(NO_BYTES, sink);
      assert.equal(result, "incomplete");
    }
    assert.deepEqual(ids(frames), IDS, `chunks of ${size}`);
  }
});

test("what a stop leaves is the reader's own, also of a Buffer, whose slice() is no copy", () => {
  for (const chunk of [new Uint8Array(STREAM), Buffer.from(STREAM)]) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(100);
    assert.equal(reader.push(chunk, collect(frames, () => frames.length < 3)), "stopped");
    chunk.fill(0xee);
    assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
    assert.deepEqual(ids(frames), IDS);
  }
});

test("a stop at a frame that came in parts holds back what lies behind it in the chunk", () => {
  for (let cut = 1; cut < FRAMES[4]!.length; cut++) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(100);
    reader.push(FRAMES[4]!.subarray(0, cut), collect(frames));
    const chunk = concat([FRAMES[4]!.subarray(cut), FRAMES[5]!]);
    assert.equal(reader.push(chunk, collect(frames, () => false)), "stopped");
    assert.deepEqual(ids(frames), [4n]);
    assert.equal(reader.heldBytes, FRAMES[5]!.length);
    assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
    assert.deepEqual(ids(frames), [4n, 5n]);
  }
});

test("a frame begun behind a stop is held and completed by the next chunk", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(100);
  const chunk = concat([FRAMES[0]!, FRAMES[3]!.subarray(0, 6)]);
  assert.equal(reader.push(chunk, collect(frames, () => false)), "stopped");
  assert.equal(reader.heldBytes, 6);
  assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
  assert.equal(reader.heldBytes, 6);
  assert.equal(reader.midFrame, true);
  reader.push(FRAMES[3]!.subarray(6), collect(frames));
  assert.deepEqual(ids(frames), [0n, 3n]);
  assert.equal(frames[1]!.payload, "030303");
});

test("a stop at the last byte of a chunk leaves nothing: the next chunk may follow at once", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(100);
  assert.equal(reader.push(FRAMES[0]!, collect(frames, () => false)), "stopped");
  assert.equal(reader.heldBytes, 0);
  assert.equal(reader.push(FRAMES[1]!, collect(frames, () => false)), "stopped");
  assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
  assert.deepEqual(ids(frames), [0n, 1n]);
});

test("a violation behind a stop shows only once the reader goes on", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(100);
  const chunk = concat([FRAMES[0]!, FRAMES[1]!, fromHex("00000009 20"), FRAMES[2]!]);
  assert.equal(reader.push(chunk, collect(frames, () => false)), "stopped");
  assert.equal(reader.violation, null);
  assert.equal(reader.push(NO_BYTES, collect(frames)), "unknown_type");
  assert.deepEqual(ids(frames), [0n, 1n]);
  assert.equal(reader.heldBytes, 0);
});

test("lengthMax raised during a stop holds for what the stop left", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(9);
  const large = frameBytes(0x10, 1n, new Uint8Array(50));
  assert.equal(reader.push(concat([FRAMES[0]!, large]), collect(frames, () => false)), "stopped");
  reader.lengthMax = 59;
  assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
  assert.equal(frames.length, 2);
});

test("clear() forgets what a stop left", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(100);
  reader.push(STREAM, collect(frames, () => false));
  reader.clear();
  assert.equal(reader.heldBytes, 0);
  assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
  assert.equal(frames.length, 1);
});

test("pushing more into a stopped reader is our own mistake and is caught", () => {
  const reader = new FrameReader(100);
  assert.equal(reader.push(STREAM, collect([], () => false)), "stopped");
  assert.throws(() => reader.push(FRAMES[0]!, collect([])), /goes on before it takes more/);
});
