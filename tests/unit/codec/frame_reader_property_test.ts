// Any frames, any cuts, any stops, any damage: the frame reader agrees with a decoder too simple to be wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, type FrameType } from "../../../src/codec/frame.ts";
import { FrameReader } from "../../../src/codec/frame_reader.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import {
  collect,
  concat,
  decodeSimply,
  frameBytes,
  type PlainFrame,
  pushLent,
  toId,
  TYPES,
} from "./frames.ts";

/** How a stream is read: places to cut it as parts of the whole, and behind which frames the sink stops. */
interface Way {
  readonly cuts: number[];
  /** The sink stops behind frame n where `stops[n % stops.length]` holds. */
  readonly stops: boolean[];
  readonly lengthMax: number;
}

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const frame = fc.tuple(fc.constantFrom(...TYPES), u64, fc.uint8Array({ maxLength: 40 }))
  .map(([type, id, payload]) => frameBytes(type, id, payload));
const frames = fc.array(frame, { minLength: 1, maxLength: 12 });

const way: fc.Arbitrary<Way> = fc.record({
  cuts: fc.array(part, { maxLength: 20 }), // equal ones make empty chunks
  stops: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  // With the ceiling a corrupted length may swallow what follows; the low bounds refuse some of the frames.
  lengthMax: fc.constantFrom(30, 60, FRAME_BYTES_CEILING),
});

/** Reads `bytes` in chunks and returns the frames; checks after each chunk what holds at any time. */
function readInChunks(reader: FrameReader, bytes: Uint8Array, { cuts, stops }: Way): PlainFrame[] {
  const read: PlainFrame[] = [];
  const sink = collect(read, () => !stops[read.length % stops.length]!);
  const ends = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    const { violation } = reader;
    const countBefore = read.length;
    const result = pushLent(reader, bytes.subarray(start, end), sink);
    start = end;
    assert.equal(result, reader.violation ?? "incomplete");
    if (violation !== null) assert.equal(result, violation, "a violation is sticky");
    if (violation !== null) assert.equal(read.length, countBefore, "nothing follows a violation");
    const delivered = read.reduce((sum, { payload }) => sum + 13 + payload.length / 2, 0);
    assert.equal(reader.heldBytes, reader.violation === null ? end - delivered : 0);
    assert.equal(reader.midFrame, reader.heldBytes > 0);
  }
  return read;
}

/** Reads `bytes` and compares everything there is with the simple decoder; returns the frames. */
function readAndCompare(bytes: Uint8Array, way: Way): PlainFrame[] {
  const reader = new FrameReader(way.lengthMax);
  const read = readInChunks(reader, bytes, way);
  const expected = decodeSimply(bytes, way.lengthMax);
  assert.deepEqual(read, expected.frames);
  assert.equal(reader.violation ?? "incomplete", expected.result);
  assert.equal(reader.heldBytes, expected.heldBytes);
  // How much of the broken frame's header had arrived depends on the cuts; another frame's id is never told.
  const id = toId(reader.violationIdHigh, reader.violationIdLow);
  const ofBroken = bytes.slice(expected.brokenAt + 5, expected.brokenAt + 13);
  if (id !== 0n) assert.equal(id, new DataView(ofBroken.buffer).getBigUint64(0));
  if (reader.violation !== "frame_too_large" && reader.violation !== "unknown_type") {
    assert.equal(id, 0n);
  }
  return read;
}

test("any frames in any chunks, with any stops, come out the same", () => {
  fc.assert(
    fc.property(frames, way, (sent, anyWay) => {
      const read = readAndCompare(concat(sent), { ...anyWay, lengthMax: 49 });
      assert.equal(read.length, sent.length);
    }),
    { numRuns: 2000 },
  );
});

test("with any one byte corrupted, any chunks give what one piece gives, and earlier frames stay", () => {
  fc.assert(
    fc.property(frames, part, fc.integer({ min: 1, max: 255 }), way, (sent, place, mask, way) => {
      const bytes = concat(sent);
      const corrupted = Math.floor(place * bytes.length);
      const intact = decodeSimply(bytes.slice(0, corrupted), way.lengthMax).frames;
      bytes[corrupted]! ^= mask;
      assert.deepEqual(readAndCompare(bytes, way).slice(0, intact.length), intact);
    }),
    { numRuns: 3000 },
  );
});

test("every byte of two frames, corrupted in every way, gives the right result", () => {
  const stream = concat([
    frameBytes(0x10, 1n, new Uint8Array(9)),
    frameBytes(0x03, 2n, new Uint8Array(3)),
  ]);
  const results = new Set<string>();
  for (let at = 0; at < stream.length; at++) {
    for (let mask = 1; mask < 256; mask++) {
      const bytes = stream.slice();
      bytes[at]! ^= mask;
      readAndCompare(bytes, { cuts: [0.5], stops: [false], lengthMax: 1000 });
      results.add(decodeSimply(bytes, 1000).result);
    }
  }
  const all = ["incomplete", "bad_length", "frame_too_large", "unknown_type"];
  assert.deepEqual(results, new Set(all));
});

test("random garbage, alone or behind good frames, in any chunks, never throws", () => {
  const garbage = fc.uint8Array({ maxLength: 200 });
  // A small length field gets past the first check more often.
  const plausible = fc.uint8Array({ minLength: 2, maxLength: 60 })
    .map((bytes) => concat([new Uint8Array(3), bytes]));
  const stream = fc.array(fc.oneof(frame, garbage, plausible), { maxLength: 8 }).map(concat);
  fc.assert(fc.property(stream, way, (bytes, way) => void readAndCompare(bytes, way)), {
    numRuns: 3000,
  });
});

test("any u64 request id is carried bit-exact, encoded and decoded", () => {
  fc.assert(
    fc.property(u64, fc.constantFrom(...TYPES), fc.nat(13), (id, type, cut) => {
      const high = Number(id >> 32n);
      const low = Number(id & 0xffff_ffffn);
      const bytes = encodeFrame(type as FrameType, high, low, new Uint8Array(1));
      assert.deepEqual(bytes, frameBytes(type, id, new Uint8Array(1)));
      const read: PlainFrame[] = [];
      const reader = new FrameReader(10);
      reader.push(bytes.subarray(0, cut), collect(read));
      reader.push(bytes.subarray(cut), collect(read));
      assert.deepEqual(read, [{ type, id, payload: "00" }]);
    }),
    { numRuns: 2000 },
  );
});
