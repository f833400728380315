// The buffers that a side writes from, as a caller's buffers really are: reused at once, or never changed.

import assert from "node:assert/strict";
import type { Pattern } from "./pattern.ts";

/** What unfrozen bytes are written from, by every side. */
const SCRATCH = new Uint8Array(256 * 1024 + 3);
const SCRIBBLE = 0xee;

export class Source {
  readonly #pattern: Pattern;
  // The last frozen bytes made, and where in the pattern they begin: what a short write leaves is written again.
  #frozen = new Uint8Array(0);
  #frozenFrom = 0;

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
  }

  /** Hands the pattern's bytes to `write` and returns what it took; the bytes change as soon as it returns. */
  scratch(offset: number, count: number, write: (bytes: Uint8Array) => number): number {
    assert(count + 3 <= SCRATCH.length, "only frozen pieces may be large");
    const bytes = SCRATCH.subarray(3, 3 + count); // begins where no buffer begins
    this.#pattern.fill(bytes, offset);
    const taken = write(bytes);
    bytes.fill(SCRIBBLE);
    return taken;
  }

  /** The pattern's bytes, which never change. */
  frozen(offset: number, count: number): Uint8Array {
    const rest = this.#frozen.subarray(offset - this.#frozenFrom);
    if (rest.length >= count) return rest.subarray(0, count);
    this.#frozen = new Uint8Array(count);
    this.#frozenFrom = offset;
    this.#pattern.fill(this.#frozen, offset);
    return this.#frozen;
  }
}
