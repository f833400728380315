// Bytes that tell their place in a stream, so that loss, doubling and disorder show.

import { Prng } from "../../src/base/prng.ts";

/** A prime: no piece size divides it, so pieces in the wrong order do not look right. */
const PERIOD = 65_521;

/** An endless stream of bytes, the same for the same seed. */
export class Pattern {
  readonly #table: Uint8Array;

  constructor(seed: number) {
    const prng = new Prng(seed);
    this.#table = Uint8Array.from({ length: PERIOD }, () => prng.u32() & 0xff);
  }

  /** Fills `target` with the bytes from `offset` on. */
  fill(target: Uint8Array, offset: number): void {
    for (let done = 0; done < target.length;) {
      const from = (offset + done) % PERIOD;
      const piece = this.#table.subarray(from, from + target.length - done);
      target.set(piece, done);
      done += piece.length;
    }
  }

  /** Where `bytes` first differ from the stream at `offset`; -1 when they do not. */
  mismatch(bytes: Uint8Array, offset: number): number {
    let at = offset % PERIOD;
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] !== this.#table[at]) return i;
      if (++at === PERIOD) at = 0;
    }
    return -1;
  }
}
