// Frames of one kind and size, gathered into one write: made once, and only their ids are written anew.

import type { Ring } from "../../base/ring.ts";
import { type FrameType, readU32, writeHeader } from "../../codec/frame.ts";
import { TRAIN_BYTES } from "../../limits/bench.ts";
import { HEADER_BYTES } from "../../limits/wire.ts";

/** Bytes at the beginning of each payload: the mark of this run, then the frame's id, which a Broadcast tells nowhere else. */
const MARK_AT = HEADER_BYTES;
const ID_AT = HEADER_BYTES + 4;

/** The frames; shared by all connections, since a write that keeps some of it copies that. */
export class Train {
  readonly frameBytes: number;
  readonly #bytes: Uint8Array;
  readonly #frames: number;
  readonly #mark: number;

  constructor(type: FrameType, payloadBytes: number, mark: number) {
    this.frameBytes = HEADER_BYTES + payloadBytes;
    this.#frames = Math.max(1, Math.floor(TRAIN_BYTES / this.frameBytes));
    this.#bytes = new Uint8Array(this.#frames * this.frameBytes);
    this.#mark = mark;
    for (let at = 0; at < this.#bytes.length; at += this.frameBytes) {
      writeHeader(this.#bytes, at, type, 0, 0, payloadBytes);
      for (let i = HEADER_BYTES; i < this.frameBytes; i++) this.#bytes[at + i] = i & 0x7f;
      writeU32(this.#bytes, at + MARK_AT, mark);
    }
  }

  /** As many frames as fit, with the ids that wait. */
  load(waiting: Ring<number>): Uint8Array {
    const count = Math.min(this.#frames, waiting.length);
    for (let i = 0, at = 0; i < count; i++, at += this.frameBytes) {
      const id = waiting.at(i)!;
      writeU32(this.#bytes, at + 9, id);
      writeU32(this.#bytes, at + ID_AT, id);
    }
    return this.#bytes.subarray(0, count * this.frameBytes);
  }

  /** The id in the payload `bytes[start..end)`; 0 where it is none of this run's. */
  idIn(bytes: Uint8Array, start: number, end: number): number {
    if (end - start !== this.frameBytes - HEADER_BYTES) return 0;
    return readU32(bytes, start) === this.#mark ? readU32(bytes, start + 4) : 0;
  }
}

function writeU32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}
