// The bytes under way in one direction, and the writer's half of the borrow checker: bytes that were called frozen
// are held by reference and must still be the same when they arrive.

import { assert } from "../../base/assert.ts";
import { Ring } from "../../base/ring.ts";

/** The bytes of one write, from `offset` on still under way. */
interface Parcel {
  readonly bytes: Uint8Array;
  /** What a frozen parcel's bytes were when they were written; null for a copy, which nobody can change. */
  readonly witness: Uint8Array | null;
  readonly arrival: number;
  offset: number;
}

/** A bounded queue of written bytes, each with the moment it arrives. */
export class Parcels {
  readonly #name: string;
  readonly #parcels: Ring<Parcel>;
  #bytesUnderWay = 0;

  /** @param name The stream and direction, for the borrow checker's complaint. */
  constructor(name: string, bytesMax: number) {
    this.#name = name;
    this.#parcels = new Ring(bytesMax); // a parcel holds one byte at least
  }

  get bytesUnderWay(): number {
    return this.#bytesUnderWay;
  }

  /** When the oldest byte arrives; undefined when none is under way. */
  get nextArrival(): number | undefined {
    return this.#parcels.at(0)?.arrival;
  }

  put(bytes: Uint8Array, frozen: boolean, arrival: number): void {
    const copy = bytes.slice();
    const held = frozen ? bytes : copy;
    const queued = this.#parcels.push({
      bytes: held,
      witness: frozen ? copy : null,
      arrival,
      offset: 0,
    });
    assert(queued && bytes.length > 0, "a parcel has bytes and finds room");
    this.#bytesUnderWay += bytes.length;
  }

  /** Takes out at most `bytesMax` of the bytes that have arrived by `now`, as bytes of their own. */
  take(bytesMax: number, now: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (length < bytesMax && (this.nextArrival ?? Infinity) <= now) {
      const piece = this.#takePiece(bytesMax - length);
      pieces.push(piece);
      length += piece.length;
    }
    return joined(pieces, length);
  }

  /** Takes out everything, unread. */
  clear(): void {
    while (this.#bytesUnderWay > 0) this.#takePiece(this.#bytesUnderWay);
  }

  #takePiece(bytesMax: number): Uint8Array {
    const parcel = this.#parcels.at(0)!;
    const start = parcel.offset;
    parcel.offset = Math.min(parcel.bytes.length, start + bytesMax);
    this.#bytesUnderWay -= parcel.offset - start;
    if (parcel.offset === parcel.bytes.length) this.#parcels.shift();
    this.#checkFrozen(parcel, start);
    return parcel.bytes.subarray(start, parcel.offset);
  }

  #checkFrozen({ bytes, witness, offset }: Parcel, start: number): void {
    if (witness === null) return;
    for (let i = start; i < offset; i++) {
      if (bytes[i] === witness[i]) continue;
      throw new Error(
        `Frozen bytes changed on ${this.#name}: byte ${i} of ${bytes.length} is ${bytes[i]}, ` +
          `was ${witness[i]} when it was written`,
      );
    }
  }
}

function joined(pieces: Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
