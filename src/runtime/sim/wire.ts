// One direction of a stream: bytes and then FIN travel from a writer to a reader who may pause. It is the reader's
// half of the borrow checker: what it lent is overwritten as soon as the reader is done.

import { assert } from "../../base/assert.ts";
import type { Network } from "./network.ts";
import { Parcels } from "./parcels.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** What a lent chunk is overwritten with. */
const SCRIBBLE = 0xdb;

/** Who hears of what happens on a wire. */
export interface WireEnds {
  /** To the reader: bytes, lent. */
  onData(chunk: Uint8Array): void;
  /** To the reader: FIN. */
  onEnd(): void;
  /** To the writer: there is room after a short write. */
  onWritable(): void;
  /** To both: the network broke the stream. */
  onBroken(): void;
}

/** A bounded, ordered, delayed queue with one writer and one reader. */
export class Wire {
  readonly #network: Network;
  readonly #time: VirtualTime;
  readonly #ends: WireEnds;
  readonly #parcels: Parcels;
  #lastArrival = 0;
  #finArrival: number | null = null;
  #reading = false;
  #dead = false; // nothing moves any more
  #deliveryDue = false;
  // A short write promised `onWritable`; the news of room is on its way back to the writer.
  #roomPromised = false;
  #roomDue = false;

  constructor(name: string, network: Network, time: VirtualTime, ends: WireEnds) {
    this.#network = network;
    this.#time = time;
    this.#ends = ends;
    this.#parcels = new Parcels(name, network.bufferBytes);
  }

  /** Takes a prefix of `bytes` and returns its length. */
  write(bytes: Uint8Array, frozen: boolean): number {
    assert(this.#finArrival === null, "nothing is written after FIN");
    const taken = this.#network.takenBytes(bytes.length, this.#room);
    if (taken > 0) {
      this.#parcels.put(bytes.subarray(0, taken), frozen, this.#arrival());
      this.#scheduleDelivery();
    }
    if (taken < bytes.length) {
      this.#roomPromised = true;
      this.#tellOfRoom();
    }
    return taken;
  }

  /** Sends FIN behind the bytes written. The writer hears of no room after that. */
  finish(): void {
    this.#finArrival = this.#arrival();
    this.#roomPromised = false;
    this.#scheduleDelivery();
  }

  /** The reader has come, or goes on reading. */
  resume(): void {
    this.#reading = true;
    this.#scheduleDelivery();
  }

  /** The reader stops reading. */
  pause(): void {
    this.#reading = false;
  }

  /** Nothing moves any more; what is under way stays, and fills the buffer. */
  cut(): void {
    this.#dead = true;
  }

  /** Nothing moves any more; what is under way is lost. */
  drop(): void {
    this.#dead = true;
    this.#parcels.clear();
  }

  get #room(): number {
    return this.#network.bufferBytes - this.#parcels.bytesUnderWay;
  }

  // Nothing overtakes what was sent before it.
  #arrival(): number {
    const arrival = this.#time.now + this.#network.latencyMs();
    return this.#lastArrival = Math.max(this.#lastArrival, arrival);
  }

  #scheduleDelivery(): void {
    const next = this.#parcels.nextArrival ?? this.#finArrival;
    if (this.#deliveryDue || this.#dead || !this.#reading || next === null) return;
    this.#deliveryDue = true;
    this.#time.after(next - this.#time.now, () => {
      const stallMs = this.#parcels.bytesUnderWay > 0 ? this.#network.stallMs() : 0;
      if (stallMs === 0) this.#deliver();
      else this.#time.after(stallMs, () => this.#deliver());
    });
  }

  #deliver(): void {
    this.#deliveryDue = false;
    if (this.#dead || !this.#reading) return;
    if (this.#parcels.bytesUnderWay === 0) {
      this.#dead = true;
      return this.#ends.onEnd();
    }
    if (this.#network.resets()) {
      this.#dead = true;
      return this.#ends.onBroken();
    }
    const segment = this.#parcels.take(this.#network.segmentBytes(), this.#time.now);
    this.#network.corrupt(segment);
    this.#ends.onData(segment);
    segment.fill(SCRIBBLE);
    this.#tellOfRoom();
    this.#scheduleDelivery();
  }

  #tellOfRoom(): void {
    if (!this.#roomPromised || this.#roomDue || this.#dead || this.#room === 0) return;
    this.#roomDue = true;
    this.#time.after(this.#network.latencyMs(), () => {
      this.#roomDue = false;
      // The writer may have filled the room, or sent FIN, since; the next read tells it again.
      if (!this.#roomPromised || this.#dead || this.#room === 0) return;
      this.#roomPromised = false;
      this.#ends.onWritable();
    });
  }
}
