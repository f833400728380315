// A connection that takes as many bytes as a test allows and keeps them; it never calls anybody.

import assert from "node:assert/strict";
import type { Connection } from "../../../src/transport/transport.ts";

export class FakeConnection implements Connection {
  readonly peer = { host: "192.0.2.1", port: 1 };
  /** Bytes it still takes. */
  room: number;
  /** Calls of `write`. */
  writes = 0;
  taken = 0;
  readonly #pieces: { held: Uint8Array; copy: Uint8Array }[] = [];

  constructor(room = Infinity) {
    this.room = room;
  }

  write(bytes: Uint8Array, frozen: boolean): number {
    assert(bytes.length > 0, "a write has bytes");
    this.writes++;
    const length = Math.min(bytes.length, this.room);
    this.room -= length;
    this.taken += length;
    const copy = bytes.slice(0, length);
    this.#pieces.push({ held: frozen ? bytes.subarray(0, length) : copy, copy });
    return length;
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  terminate(): void {}

  /** All that was taken, in one piece. What was called frozen must not have changed since. */
  wire(): Uint8Array {
    const wire = new Uint8Array(this.taken);
    let offset = 0;
    for (const { held, copy } of this.#pieces) {
      assert.deepEqual(held, copy, "frozen bytes changed");
      wire.set(held, offset);
      offset += held.length;
    }
    return wire;
  }
}
