// The frame reader's state after each byte, at every cut, and at each violation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_BYTES } from "../../../src/base/bytes.ts";
import { FrameReader } from "../../../src/codec/frame_reader.ts";
import { collect, concat, frameBytes, fromHex, type PlainFrame, toHex, toId } from "./frames.ts";

// Frames without payload, with one, and with one that outgrows the first memory for a partial frame.
const FRAMES = [
  frameBytes(0x01, 0n, NO_BYTES),
  frameBytes(0x10, 0xfedc_ba98_7654_3210n, fromHex("00010203")),
  frameBytes(0x03, 7n, NO_BYTES),
  frameBytes(0x12, 0n, new Uint8Array(600).map((_, i) => i)),
  frameBytes(0xff, 2n ** 64n - 1n, fromHex("7b7d")),
];
const STREAM = concat(FRAMES);
const PLAIN: PlainFrame[] = FRAMES.map((bytes) => ({
  type: bytes[4]!,
  id: toId(new DataView(bytes.buffer).getUint32(5), new DataView(bytes.buffer).getUint32(9)),
  payload: toHex(bytes.subarray(13)),
}));

/** How many frames of STREAM lie whole before `end`, and how many bytes of the next one. */
function progressAt(end: number): { whole: number; begun: number } {
  let whole = 0;
  let begun = end;
  while (whole < FRAMES.length && begun >= FRAMES[whole]!.length) begun -= FRAMES[whole++]!.length;
  return { whole, begun };
}

function assertState(reader: FrameReader, frames: PlainFrame[], end: number, message: string) {
  const { whole, begun } = progressAt(end);
  assert.deepEqual(frames, PLAIN.slice(0, whole), message);
  assert.equal(reader.heldBytes, begun, message);
  assert.equal(reader.midFrame, begun > 0, message);
  assert.equal(reader.violation, null, message);
}

test("byte by byte, a reader holds what has begun and hands a frame out with its last byte", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(1000);
  for (let i = 0; i < STREAM.length; i++) {
    assert.equal(reader.push(STREAM.subarray(i, i + 1), collect(frames)), "incomplete");
    assertState(reader, frames, i + 1, `after byte ${i + 1}`);
  }
  assert.equal(frames.length, FRAMES.length);
});

test("a stream cut in two at any place gives the same frames", () => {
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(1000);
    reader.push(STREAM.subarray(0, cut), collect(frames));
    assertState(reader, frames, cut, `cut at ${cut}: first part`);
    reader.push(STREAM.subarray(cut), collect(frames));
    assertState(reader, frames, STREAM.length, `cut at ${cut}: second part`);
  }
});

test("an empty chunk changes nothing, between frames and inside one", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(1000);
  for (const cut of [0, 3, 5, 13, 20, 30]) {
    reader.clear();
    frames.length = 0;
    reader.push(STREAM.subarray(0, cut), collect(frames));
    assert.equal(reader.push(NO_BYTES, collect(frames)), "incomplete");
    assertState(reader, frames, cut, `after ${cut} bytes`);
  }
});

test("clear() forgets a frame that has begun", () => {
  const frames: PlainFrame[] = [];
  const reader = new FrameReader(1000);
  reader.push(STREAM.subarray(0, 20), collect([]));
  reader.clear();
  assert.equal(reader.heldBytes, 0);
  assert.equal(reader.midFrame, false);
  reader.push(FRAMES[1]!, collect(frames));
  assert.deepEqual(frames, [PLAIN[1]]);
});

const BROKEN = [
  { name: "bad_length", header: "00000008", after: 4 },
  { name: "frame_too_large", header: "000003e9", after: 4 },
  { name: "unknown_type", header: "00000009 20", after: 5 },
] as const;

test("a violation is known with the byte that decides it, behind good frames and in any chunk", () => {
  for (const { name, header, after } of BROKEN) {
    const stream = concat([STREAM, fromHex(header), new Uint8Array(20)]);
    const decisive = STREAM.length + after;
    for (let cut = STREAM.length - 5; cut <= decisive; cut++) {
      const frames: PlainFrame[] = [];
      const reader = new FrameReader(1000);
      const first = reader.push(stream.subarray(0, cut), collect(frames));
      assert.equal(first, cut < decisive ? "incomplete" : name, `${name}, cut at ${cut}`);
      if (cut < decisive) {
        assertState(reader, frames, cut, `${name}, cut at ${cut}`);
      }
      assert.equal(reader.push(stream.subarray(cut, decisive), collect(frames)), name);
      assert.equal(reader.violation, name);
      assert.deepEqual(frames, PLAIN);
      assert.equal(reader.heldBytes, 0);
      assert.equal(reader.midFrame, false);
    }
  }
});

test("a length at the bound passes, one more is frame_too_large", () => {
  const frames: PlainFrame[] = [];
  const atBound = frameBytes(0x10, 1n, new Uint8Array(1000 - 9));
  assert.equal(new FrameReader(1000).push(atBound, collect(frames)), "incomplete");
  assert.equal(frames.length, 1);
  assert.equal(new FrameReader(999).push(atBound, collect(frames)), "frame_too_large");
  assert.equal(frames.length, 1);
});

test("a violation is sticky: good frames behind it are not read, clear() does not heal it", () => {
  for (const { name, header } of BROKEN) {
    const frames: PlainFrame[] = [];
    const reader = new FrameReader(1000);
    assert.equal(reader.push(concat([fromHex(header), STREAM]), collect(frames)), name);
    assert.equal(reader.push(STREAM, collect(frames)), name);
    assert.equal(reader.push(NO_BYTES, collect(frames)), name);
    reader.clear();
    assert.equal(reader.push(STREAM, collect(frames)), name);
    assert.deepEqual(frames, []);
    assert.equal(reader.heldBytes, 0);
  }
});

test("a violation tells the request id where the header had arrived, else 0", () => {
  const cases = [
    { header: "000003e9 10", name: "frame_too_large", known: true },
    { header: "00000009 20", name: "unknown_type", known: true },
    { header: "00000008 10", name: "bad_length", known: false },
  ];
  for (const { header, name, known } of cases) {
    const bytes = concat([fromHex(header), fromHex("fedcba98 89abcdef")]);
    for (const [count, id] of [[13, 0xfedc_ba98_89ab_cdefn], [12, 0n]] as const) {
      for (const cut of [0, 1, 3]) {
        const reader = new FrameReader(1000);
        reader.push(bytes.subarray(0, cut), collect([]));
        assert.equal(reader.push(bytes.subarray(cut, count), collect([])), name);
        const expected = known ? id : 0n;
        assert.equal(
          toId(reader.violationIdHigh, reader.violationIdLow),
          expected,
          `${name} ${cut}`,
        );
      }
    }
  }
});

test("lengthMax set from inside onFrame holds for the very next frame, whole or begun", () => {
  const small = frameBytes(0x01, 0n, NO_BYTES);
  const large = frameBytes(0x10, 1n, new Uint8Array(91));
  for (const count of [large.length, 50, 4]) {
    for (const cut of [0, 5, small.length, small.length + 2]) {
      for (
        const { from, to, result } of [
          { from: 99, to: 100, result: "incomplete" },
          { from: 100, to: 99, result: "frame_too_large" },
        ]
      ) {
        const reader = new FrameReader(from);
        const sink = { onFrame: () => (reader.lengthMax = to) > 0 };
        const stream = concat([small, large.subarray(0, count)]);
        reader.push(stream.subarray(0, cut), sink);
        assert.equal(
          reader.push(stream.subarray(cut), sink),
          result,
          `${from} to ${to}, cut ${cut}`,
        );
      }
    }
  }
});
