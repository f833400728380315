// The golden frames of tests/vectors, decoded in one piece and byte by byte, and encoded again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { FrameReader } from "../../../src/codec/frame_reader.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import { collect, concat, fromHex, type PlainFrame, toHex } from "./frames.ts";

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly frameBytesMax?: number;
  readonly result: "frame" | "incomplete" | "bad_length" | "frame_too_large" | "unknown_type";
  readonly type?: keyof typeof FrameType;
  readonly id?: string;
  readonly payload?: string;
  readonly after?: number;
}

const VECTORS: readonly Vector[] = readFileSync(
  new URL("../../vectors/frames.jsonl", import.meta.url),
  "utf8",
).trimEnd().split("\n").map((line) => JSON.parse(line));

const GOOD = VECTORS.filter(({ result }) => result === "frame");
const REFUSED = VECTORS.filter(({ after }) => after !== undefined);

function readerFor({ frameBytesMax }: Vector): FrameReader {
  return new FrameReader(frameBytesMax ?? FRAME_BYTES_CEILING);
}

function expectedFrames({ result, type, id, payload }: Vector): PlainFrame[] {
  return result === "frame" ? [{ type: FrameType[type!], id: BigInt(id!), payload: payload! }] : [];
}

test("the vectors cover every type, every refusal and every undefined type byte, by unique names", () => {
  assert.deepEqual(new Set(GOOD.map(({ type }) => type)), new Set(Object.keys(FrameType)));
  assert.deepEqual(
    new Set(VECTORS.map(({ result }) => result)),
    new Set(["frame", "incomplete", "bad_length", "frame_too_large", "unknown_type"]),
  );
  const unknown = VECTORS.filter(({ result }) => result === "unknown_type");
  const defined = Object.values(FrameType);
  assert.equal(new Set(unknown.map(({ hex }) => fromHex(hex)[4])).size, 256 - defined.length);
  assert.equal(new Set(VECTORS.map(({ name }) => name)).size, VECTORS.length);
});

test("every vector in one piece gives its result", () => {
  for (const vector of VECTORS) {
    const frames: PlainFrame[] = [];
    const result = readerFor(vector).push(fromHex(vector.hex), collect(frames));
    assert.equal(result, vector.result === "frame" ? "incomplete" : vector.result, vector.name);
    assert.deepEqual(frames, expectedFrames(vector), vector.name);
  }
});

test("every vector byte by byte gives its result, a refusal with the byte that decides it", () => {
  for (const vector of VECTORS) {
    const frames: PlainFrame[] = [];
    const reader = readerFor(vector);
    const bytes = fromHex(vector.hex);
    for (let i = 0; i < bytes.length; i++) {
      const refused = vector.after !== undefined && i + 1 >= vector.after;
      const result = reader.push(bytes.subarray(i, i + 1), collect(frames));
      assert.equal(result, refused ? vector.result : "incomplete", `${vector.name}: byte ${i + 1}`);
      if (i + 1 < bytes.length) assert.deepEqual(frames, [], `${vector.name}: byte ${i + 1}`);
    }
    assert.deepEqual(frames, expectedFrames(vector), vector.name);
  }
});

test("every refusal needs no more bytes than its vector says", () => {
  for (const vector of REFUSED) {
    const bytes = fromHex(vector.hex);
    const push = (count: number) => readerFor(vector).push(bytes.subarray(0, count), collect([]));
    assert.equal(push(vector.after! - 1), "incomplete", vector.name);
    assert.equal(push(vector.after!), vector.result, vector.name);
  }
});

test("every good vector encodes back to the same bytes", () => {
  for (const { name, hex, type, id, payload } of GOOD) {
    const high = Number(BigInt(id!) >> 32n);
    const low = Number(BigInt(id!) & 0xffff_ffffn);
    const encoded = encodeFrame(FrameType[type!], high, low, fromHex(payload!));
    assert.equal(toHex(encoded), toHex(fromHex(hex)), name);
  }
});

test("all good vectors joined to one stream come out in order", () => {
  const joined = GOOD.filter(({ frameBytesMax }) => frameBytesMax === undefined);
  const frames: PlainFrame[] = [];
  const stream = concat(joined.map(({ hex }) => fromHex(hex)));
  new FrameReader(FRAME_BYTES_CEILING).push(stream, collect(frames));
  assert.deepEqual(frames, joined.flatMap(expectedFrames));
});
