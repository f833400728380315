// Bytes in, frames out: finds the frames in a stream of chunks, and the first way in which one is wrong.
// It decides and copies; it sends nothing, closes nothing and knows no time.

import { assert } from "../base/assert.ts";
import { HEADER_BYTES, LENGTH_MIN } from "../limits/wire.ts";
import { Frame, isFrameType, readU32 } from "./frame.ts";

/** How a frame can be wrong at this layer. Sticky: after one of these the reader yields nothing more. */
export type FrameViolation = "bad_length" | "frame_too_large" | "unknown_type";

/**
 * What became of the bytes: all of them are read (`incomplete`: more will come; that is no error), the sink asked to
 * stop in the middle (`stopped`), or the stream is broken for good.
 */
export type ReadResult = "incomplete" | "stopped" | FrameViolation;

/** Who takes the frames. */
export interface FrameSink {
  /**
   * One frame, lent: read or copy what is needed before returning. Returns whether to go on; after false the reader
   * keeps the rest of the chunk until `push()` is called again.
   */
  onFrame(frame: Frame): boolean;
}

/** The first memory for a frame that came in part; it doubles as bytes arrive, up to the size of the frame. */
const PARTIAL_BYTES_FIRST = 256;

/**
 * Finds frames in a stream. Holds no memory between whole frames.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeFrame, FrameReader, FrameType } from "tcp-server";
 *
 * const reader = new FrameReader(8_192);
 * const frame = encodeFrame(FrameType.Request, 0, 42, Uint8Array.of(1, 2, 3));
 * const ids: number[] = [];
 * const sink = { onFrame: ({ idLow }: { idLow: number }) => ids.push(idLow) > 0 };
 * assert.equal(reader.push(frame.subarray(0, 7), sink), "incomplete");
 * reader.push(frame.subarray(7), sink);
 * assert.deepEqual(ids, [42]);
 * assert.equal(reader.push(Uint8Array.of(255, 255, 255, 255), sink), "frame_too_large");
 * ```
 */
export class FrameReader {
  /** The most the length field may say, 9 to 16 777 216. May be changed between frames, also from inside `onFrame`. */
  lengthMax: number;
  /** Why the stream is broken, if it is. */
  violation: FrameViolation | null = null;
  /** The upper 32 bits of the request id of the frame that broke it, where its bytes had arrived; else 0. */
  violationIdHigh = 0;
  /** The lower 32 bits of it. */
  violationIdLow = 0;

  readonly #frame: Frame;
  // The beginning of a frame whose end has not come: #partialLength bytes in a buffer that may be longer.
  #partial: Uint8Array | null = null;
  #partialLength = 0;
  // What was not looked at when the sink asked to stop; our own copy.
  #rest: Uint8Array | null = null;

  /**
   * A reader at the beginning of a stream.
   *
   * @param lengthMax The most the length field may say.
   * @param frame What frames are handed out in; readers that never run inside each other may share one.
   */
  constructor(lengthMax: number, frame: Frame = new Frame()) {
    this.lengthMax = lengthMax;
    this.#frame = frame;
  }

  /** Bytes held for frames that are not complete or not yet delivered. */
  get heldBytes(): number {
    return this.#partialLength + (this.#rest?.length ?? 0);
  }

  /** Memory that holds them: at most about twice as much, since it grows by doubling. */
  get memoryBytes(): number {
    return (this.#partial?.length ?? 0) + (this.#rest?.length ?? 0);
  }

  /** Whether a frame has begun and is not complete. */
  get midFrame(): boolean {
    return this.#partialLength > 0;
  }

  /**
   * Reads `chunk` (empty: goes on with what an earlier stop left) and hands every whole frame to `sink`. A length is
   * checked before anything is kept for it.
   */
  push(chunk: Uint8Array, sink: FrameSink): ReadResult {
    if (this.violation !== null) return this.violation;
    const rest = this.#rest;
    if (rest === null) return this.#read(chunk, false, sink);
    assert(chunk.length === 0, "a stopped reader goes on before it takes more");
    this.#rest = null;
    return this.#read(rest, true, sink);
  }

  /** Forgets what it holds. */
  clear(): void {
    this.#partial = null;
    this.#partialLength = 0;
    this.#rest = null;
  }

  #read(chunk: Uint8Array, owned: boolean, sink: FrameSink): ReadResult {
    let offset = 0;
    if (this.#partialLength > 0) {
      offset = this.#complete(chunk);
      if (this.violation !== null) return this.violation;
      if (offset < 0) return "incomplete";
      if (!this.#deliverPartial(sink)) return this.#stop(chunk, offset, owned);
    }
    while (chunk.length - offset >= HEADER_BYTES) {
      if (!this.#check(chunk, offset, HEADER_BYTES)) return this.violation!;
      const end = offset + 4 + readU32(chunk, offset);
      if (end > chunk.length) break;
      offset = this.#frame.read(chunk, offset);
      if (!sink.onFrame(this.#frame)) return this.#stop(chunk, offset, owned);
    }
    if (offset === chunk.length) return "incomplete";
    const available = chunk.length - offset;
    if (!this.#check(chunk, offset, available)) return this.violation!;
    const frameBytes = available < 4 ? HEADER_BYTES : 4 + readU32(chunk, offset);
    this.#append(chunk, offset, available, frameBytes);
    return "incomplete";
  }

  // Adds to the frame that has begun. Returns where in `chunk` the next one starts, or -1 where the frame is still
  // not whole (or is wrong).
  #complete(chunk: Uint8Array): number {
    let offset = 0;
    for (;;) {
      const headerKnown = this.#partialLength >= HEADER_BYTES;
      const target = headerKnown ? 4 + readU32(this.#partial!, 0) : HEADER_BYTES;
      const taken = Math.min(target - this.#partialLength, chunk.length - offset);
      this.#append(chunk, offset, taken, target);
      offset += taken;
      if (!this.#check(this.#partial, 0, this.#partialLength)) return -1;
      if (this.#partialLength < target) return -1;
      if (headerKnown) return offset;
    }
  }

  #deliverPartial(sink: FrameSink): boolean {
    this.#frame.read(this.#partial!, 0);
    this.#partial = null;
    this.#partialLength = 0;
    return sink.onFrame(this.#frame);
  }

  // Checks what is there of a header, each field as soon as its bytes are: nothing is ever allocated for a length
  // that was not checked.
  #check(bytes: Uint8Array | null, offset: number, available: number): boolean {
    if (bytes === null || available < 4) return true;
    const length = readU32(bytes, offset);
    if (length < LENGTH_MIN) return this.#fail("bad_length", bytes, offset, 0);
    if (length > this.lengthMax) return this.#fail("frame_too_large", bytes, offset, available);
    if (available < 5 || isFrameType(bytes[offset + 4]!)) return true;
    return this.#fail("unknown_type", bytes, offset, available);
  }

  #fail(violation: FrameViolation, bytes: Uint8Array, offset: number, available: number): false {
    this.violation = violation;
    if (available >= HEADER_BYTES) {
      this.violationIdHigh = readU32(bytes, offset + 5);
      this.violationIdLow = readU32(bytes, offset + 9);
    }
    this.clear();
    return false;
  }

  #stop(chunk: Uint8Array, offset: number, owned: boolean): ReadResult {
    if (offset < chunk.length) {
      // Not slice(): a runtime may hand us its Buffer, whose slice() is a view on the lent memory.
      this.#rest = owned ? chunk.subarray(offset) : new Uint8Array(chunk.subarray(offset));
    }
    return "stopped";
  }

  #append(from: Uint8Array, offset: number, count: number, frameBytes: number): void {
    const needed = this.#partialLength + count;
    if (this.#partial === null || this.#partial.length < needed) {
      const wished = Math.max(this.#partialLength * 2, PARTIAL_BYTES_FIRST);
      const grown = new Uint8Array(Math.max(needed, Math.min(wished, frameBytes)));
      if (this.#partial !== null) grown.set(this.#partial.subarray(0, this.#partialLength));
      this.#partial = grown;
    }
    this.#partial.set(from.subarray(offset, offset + count), this.#partialLength);
    this.#partialLength = needed;
  }
}
