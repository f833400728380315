// One end of the way between a node and the hub: gathers what is said in a turn, and bounds what waits.

import { BUS_TAKEN_BYTES, BUS_WAITING_BYTES_MAX, PARCEL_BYTES } from "../limits/bus.ts";
import { type Batch, bytesOf, type Letter } from "./parcel.ts";

/** A parcel: a letter, or word of who is there and who listens. */
type Parcel = { readonly letter: Letter } | { readonly kind: string };

/** Hands a batch over, in order and without loss; the other end gives it to its `take()`. */
export type Post<Sent> = (batch: Batch<Sent>) => void;

/** This end. Letters are dropped while the other end is too far behind; everything else waits until it has caught up. */
export class Channel<Sent extends Parcel, Taken extends Parcel> {
  /** Letters dropped so far. */
  dropped = 0;
  readonly #post: Post<Sent>;
  readonly #taker: (parcel: Taken) => void;
  /** Gives what is known and was not said yet. Called when there is room for it. */
  readonly #rest: () => Sent[];
  #parcels: Sent[] = [];
  #isScheduled = false;
  /** Bytes that were sent, or are to be, and that the other end has not taken. */
  #waitingBytes = 0;
  #takenBytes = 0;

  constructor(post: Post<Sent>, taker: (parcel: Taken) => void, rest: () => Sent[] = () => []) {
    this.#post = post;
    this.#taker = taker;
    this.#rest = rest;
  }

  /** Sends a parcel at the end of this turn; false where it is dropped. */
  send(parcel: Sent): boolean {
    const bytes = weightOf(parcel);
    if ("letter" in parcel && this.#waitingBytes + bytes > BUS_WAITING_BYTES_MAX) {
      this.dropped++;
      return false;
    }
    this.#waitingBytes += bytes;
    this.#parcels.push(parcel);
    this.flushSoon();
    return true;
  }

  /** Takes what the other end sent. */
  take({ parcels, takenBytes }: Batch<Taken>): void {
    const wasFull = this.#isFull;
    this.#waitingBytes -= takenBytes;
    for (const parcel of parcels) {
      this.#takenBytes += weightOf(parcel);
      this.#taker(parcel);
    }
    if (this.#takenBytes >= BUS_TAKEN_BYTES || wasFull) this.flushSoon();
  }

  /** Has what waits sent at the end of this turn. */
  flushSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    void Promise.resolve().then(() => this.#flush());
  }

  get #isFull(): boolean {
    return this.#waitingBytes >= BUS_WAITING_BYTES_MAX;
  }

  #flush(): void {
    this.#isScheduled = false;
    if (!this.#isFull) {
      for (const parcel of this.#rest()) {
        this.#waitingBytes += weightOf(parcel);
        this.#parcels.push(parcel);
      }
    }
    if (this.#parcels.length === 0 && this.#takenBytes < BUS_TAKEN_BYTES) return;
    const batch = { parcels: this.#parcels, takenBytes: this.#takenBytes };
    this.#parcels = [];
    this.#takenBytes = 0;
    this.#post(batch);
  }
}

function weightOf(parcel: Parcel): number {
  return "letter" in parcel ? bytesOf(parcel.letter) : PARCEL_BYTES;
}
