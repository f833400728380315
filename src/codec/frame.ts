// One frame of the protocol: its header, its types, and how it is written. No IO, no state.

import { assert } from "../base/assert.ts";
import { copyBytes, NO_BYTES } from "../base/bytes.ts";
import { FRAME_BYTES_CEILING, HEADER_BYTES } from "../limits/wire.ts";

/** The type byte of a frame; who sends what, and when, is in docs/PROTOCOL.md. */
export const FrameType = {
  Handshake: 0x01,
  HandshakeAck: 0x02,
  Ping: 0x03,
  Pong: 0x04,
  Disconnect: 0x05,
  Request: 0x10,
  Response: 0x11,
  Notification: 0x12,
  Broadcast: 0x13,
  Error: 0xff,
} as const;

/** One of them. */
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Every type with its name, for labels and messages. */
export const FRAME_TYPE_NAMES: Readonly<Record<FrameType, string>> = {
  [FrameType.Handshake]: "handshake",
  [FrameType.HandshakeAck]: "handshake_ack",
  [FrameType.Ping]: "ping",
  [FrameType.Pong]: "pong",
  [FrameType.Disconnect]: "disconnect",
  [FrameType.Request]: "request",
  [FrameType.Response]: "response",
  [FrameType.Notification]: "notification",
  [FrameType.Broadcast]: "broadcast",
  [FrameType.Error]: "error",
};

/** Whether `byte` is the type byte of this protocol. */
export function isFrameType(byte: number): byte is FrameType {
  return (byte >= 0x01 && byte <= 0x05) || (byte >= 0x10 && byte <= 0x13) || byte === 0xff;
}

/** Whether frames of this type carry application bytes (0x10 to 0x13); all others are control frames. */
export function isApplication(type: FrameType): boolean {
  return type >= FrameType.Request && type <= FrameType.Broadcast;
}

/**
 * A frame where it came in. It is lent: one such object serves every frame in turn, so whoever needs something of it
 * later copies that. The payload is a part of `bytes`, so that a view is made only for those who want one.
 */
export class Frame {
  /** What it is. */
  type: FrameType = FrameType.Handshake;
  /** The upper 32 bits of the request id. */
  idHigh = 0;
  /** The lower 32 bits of the request id. */
  idLow = 0;
  /** The memory that the frame lies in, and maybe others. */
  bytes: Uint8Array = NO_BYTES;
  /** Where the payload starts in `bytes`. */
  start = 0;
  /** Where the payload ends in `bytes`, exclusive. */
  end = 0;

  /** The payload, as a view. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Its length in bytes, without a view. */
  get payloadBytes(): number {
    return this.end - this.start;
  }

  /** Becomes the frame at `offset`, which is whole and checked. Returns where the next one starts. */
  read(bytes: Uint8Array, offset: number): number {
    this.type = bytes[offset + 4] as FrameType;
    this.idHigh = readU32(bytes, offset + 5);
    this.idLow = readU32(bytes, offset + 9);
    this.bytes = bytes;
    this.start = offset + HEADER_BYTES;
    this.end = offset + 4 + readU32(bytes, offset);
    return this.end;
  }
}

/**
 * Writes the 13 header bytes of a frame at `offset`.
 *
 * A request id is a u64 and stays bit-exact as two halves: a JavaScript number holds 53 bits, and a bigint would be
 * allocated for every frame.
 */
export function writeHeader(
  into: Uint8Array,
  offset: number,
  type: FrameType,
  idHigh: number,
  idLow: number,
  payloadBytes: number,
): void {
  const length = payloadBytes + HEADER_BYTES - 4;
  into[offset] = length >>> 24;
  into[offset + 1] = length >>> 16;
  into[offset + 2] = length >>> 8;
  into[offset + 3] = length;
  into[offset + 4] = type;
  into[offset + 5] = idHigh >>> 24;
  into[offset + 6] = idHigh >>> 16;
  into[offset + 7] = idHigh >>> 8;
  into[offset + 8] = idHigh;
  into[offset + 9] = idLow >>> 24;
  into[offset + 10] = idLow >>> 16;
  into[offset + 11] = idLow >>> 8;
  into[offset + 12] = idLow;
}

/**
 * One whole frame with the payload `bytes[start..end)`, in memory of its own.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeFrame, FrameType } from "tcp-server";
 *
 * const frame = encodeFrame(FrameType.Request, 0, 42, new TextEncoder().encode("hello"));
 * const hex = Array.from(frame, (byte) => byte.toString(16).padStart(2, "0")).join("");
 * assert.equal(hex, "0000000e" + "10" + "000000000000002a" + "68656c6c6f");
 * ```
 *
 * @param idHigh The upper 32 bits of the request id.
 * @param idLow Its lower 32 bits.
 * @throws {Error} If the payload is longer than a frame can carry: 16 MiB less the 9 bytes of type and request id.
 */
export function encodeFrame(
  type: FrameType,
  idHigh: number,
  idLow: number,
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): Uint8Array<ArrayBuffer> {
  assert(end - start <= FRAME_BYTES_CEILING - 9, "a payload fits into a frame");
  const frame = new Uint8Array(HEADER_BYTES + end - start);
  writeHeader(frame, 0, type, idHigh, idLow, end - start);
  copyBytes(frame, HEADER_BYTES, bytes, start, end);
  return frame;
}

/** The big-endian u32 at `offset`. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) |
    bytes[offset + 3]!) >>> 0;
}
