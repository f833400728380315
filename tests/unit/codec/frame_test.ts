// The header of a frame, its types, and how it is written.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeFrame,
  FRAME_TYPE_NAMES,
  FrameType,
  isApplication,
  isFrameType,
  readU32,
  writeHeader,
} from "../../../src/codec/frame.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import { fromHex, toHex, TYPES } from "./frames.ts";

test("isFrameType() takes exactly the ten bytes of the protocol", () => {
  const taken = Array.from({ length: 256 }, (_, byte) => byte).filter(isFrameType);
  assert.deepEqual(taken, TYPES);
  assert.deepEqual(Object.values(FrameType), TYPES);
});

test("isApplication() takes 0x10 to 0x13 and no control frame", () => {
  assert.deepEqual(Object.values(FrameType).filter(isApplication), [0x10, 0x11, 0x12, 0x13]);
});

test("every type has a name of its own, fit for a metric label", () => {
  const names = Object.values(FrameType).map((type) => FRAME_TYPE_NAMES[type]);
  assert.equal(new Set(names).size, TYPES.length);
  for (const name of names) assert.match(name, /^[a-z_]+$/);
});

test("writeHeader() writes 13 big-endian bytes at its offset and touches no other", () => {
  const bytes = new Uint8Array(17).fill(0xaa);
  writeHeader(bytes, 2, FrameType.Request, 0x01234567, 0x89abcdef, 0x00fedcba);
  assert.equal(toHex(bytes), "aaaa" + "00fedcc3" + "10" + "0123456789abcdef" + "aaaa");
});

test("writeHeader() takes the halves of an id as unsigned, over their whole range", () => {
  const bytes = new Uint8Array(13);
  for (const half of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    writeHeader(bytes, 0, FrameType.Ping, half, 0xffff_ffff - half, 0);
    assert.equal(readU32(bytes, 5), half);
    assert.equal(readU32(bytes, 9), 0xffff_ffff - half);
  }
});

test("encodeFrame() copies the payload into memory of its own", () => {
  const payload = fromHex("0102");
  const frame = encodeFrame(FrameType.Response, 0, 5, payload);
  payload.fill(0xff);
  assert.equal(toHex(frame), "0000000b" + "11" + "0000000000000005" + "0102");
  assert.equal(frame.buffer.byteLength, 15);
});

test("encodeFrame() takes the longest payload and refuses one byte more, as our own mistake", () => {
  const payload = new Uint8Array(FRAME_BYTES_CEILING - 8);
  const longest = encodeFrame(FrameType.Broadcast, 0, 0, payload.subarray(1));
  assert.equal(readU32(longest, 0), FRAME_BYTES_CEILING);
  assert.throws(() => encodeFrame(FrameType.Broadcast, 0, 0, payload), /payload fits into a frame/);
});

test("readU32() reads unsigned", () => {
  assert.equal(readU32(fromHex("00 ffffffff"), 1), 0xffff_ffff);
  assert.equal(readU32(fromHex("80000001"), 0), 0x8000_0001);
});
