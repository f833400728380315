// What the tests of the codec share: frames as plain values, sinks that keep them, and a decoder too simple to be wrong.

import { Buffer } from "node:buffer";
import type { FrameReader, FrameSink, ReadResult } from "../../../src/codec/frame_reader.ts";
import { NO_BYTES } from "../../../src/base/bytes.ts";

/** A frame in a form that `deepEqual` compares and a failure prints readably. */
export interface PlainFrame {
  readonly type: number;
  readonly id: bigint;
  readonly payload: string;
}

/** The type bytes of section 2 of the protocol, written down again. */
export const TYPES = [0x01, 0x02, 0x03, 0x04, 0x05, 0x10, 0x11, 0x12, 0x13, 0xff];

/** The bytes of `text`; blanks are skipped. */
export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function toId(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The bytes of one frame, written with a DataView: another way than the code under test goes. */
export function frameBytes(type: number, id: bigint, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(13 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 9 + payload.length);
  view.setUint8(4, type);
  view.setBigUint64(5, id);
  bytes.set(payload, 13);
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A sink that appends to `frames` and asks `goOn` whether to go on. */
export function collect(frames: PlainFrame[], goOn: () => boolean = () => true): FrameSink {
  return {
    onFrame({ type, idHigh, idLow, payload }) {
      frames.push({ type, id: toId(idHigh, idLow), payload: toHex(payload) });
      return goOn();
    },
  };
}

/** Pushes a copy of `chunk`, overwrites that copy, and goes on until the reader no longer says `stopped`. */
export function pushLent(reader: FrameReader, chunk: Uint8Array, sink: FrameSink): ReadResult {
  const lent = new Uint8Array(chunk);
  let result = reader.push(lent, sink);
  lent.fill(0xee);
  while (result === "stopped") result = reader.push(NO_BYTES, sink);
  return result;
}

/** What a stream holds, from its first byte to its last. */
export interface Decoded {
  readonly frames: PlainFrame[];
  readonly result: ReadResult;
  /** Bytes of the frame that has begun; 0 after a violation. */
  readonly heldBytes: number;
  /** Where the frame that is wrong or not complete begins. */
  readonly brokenAt: number;
}

/** Section 1 of the protocol, word for word, for a stream that is there in one piece. */
export function decodeSimply(bytes: Uint8Array, lengthMax: number): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: PlainFrame[] = [];
  let at = 0;
  for (;;) {
    const left = bytes.length - at;
    const incomplete: Decoded = { frames, result: "incomplete", heldBytes: left, brokenAt: at };
    if (left < 4) return incomplete;
    const length = view.getUint32(at);
    if (length < 9) return { frames, result: "bad_length", heldBytes: 0, brokenAt: at };
    if (length > lengthMax) return { ...incomplete, result: "frame_too_large", heldBytes: 0 };
    if (left < 5) return incomplete;
    const type = view.getUint8(at + 4);
    if (!TYPES.includes(type)) return { ...incomplete, result: "unknown_type", heldBytes: 0 };
    if (left < 4 + length) return incomplete;
    const payload = toHex(bytes.subarray(at + 13, at + 4 + length));
    frames.push({ type, id: view.getBigUint64(at + 5), payload });
    at += 4 + length;
  }
}
