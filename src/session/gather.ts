// One buffer for the whole server in which the frames of a turn become one write.

import { assert } from "../base/assert.ts";
import { copyBytes } from "../base/bytes.ts";
import { writeHeader } from "../codec/frame.ts";
import type { FrameType } from "../codec/frame.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import { GATHER_BYTES } from "../limits/turn.ts";

/**
 * Memory that one session's frames are encoded into during its turn: no allocation per frame, none per session. It
 * belongs to whoever claimed it, until that one has written its content.
 */
export class Gather {
  readonly bytes: Uint8Array = new Uint8Array(GATHER_BYTES);
  used = 0;
  #content: Uint8Array = this.bytes;
  #owner: object | null = null;

  /** Whether `owner` has it, or gets it now because nobody else does. */
  claim(owner: object): boolean {
    if (this.#owner === null) this.#owner = owner;
    return this.#owner === owner;
  }

  /** What is in it. Contents of one size in a row share a view: to make one costs as much as to serve half a frame. */
  get content(): Uint8Array {
    if (this.#content.length !== this.used) this.#content = this.bytes.subarray(0, this.used);
    return this.#content;
  }

  ownedBy(owner: object): boolean {
    return this.#owner === owner;
  }

  /** Empties it and lets the next one claim it. */
  release(): void {
    this.#owner = null;
    this.used = 0;
  }

  hasRoom(byteCount: number): boolean {
    return this.used + byteCount <= GATHER_BYTES;
  }

  /** Encodes a frame with the payload `bytes[start..end)` behind what is there. */
  encode(
    type: FrameType,
    idHigh: number,
    idLow: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const length = HEADER_BYTES + end - start;
    assert(this.hasRoom(length), "the gather buffer has room");
    writeHeader(this.bytes, this.used, type, idHigh, idLow, end - start);
    copyBytes(this.bytes, this.used + HEADER_BYTES, bytes, start, end);
    this.used += length;
  }

  /** Copies bytes behind what is there. */
  copy(bytes: Uint8Array): void {
    assert(this.hasRoom(bytes.length), "the gather buffer has room");
    copyBytes(this.bytes, this.used, bytes, 0, bytes.length);
    this.used += bytes.length;
  }
}
