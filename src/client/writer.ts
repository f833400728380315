// Writes the frames of one connection: those of a turn in one piece, control frames first, none ever split.

import { Ring } from "../base/ring.ts";
import { CONTROL_FRAMES_MAX } from "../limits/client.ts";
import { GATHER_BYTES } from "../limits/turn.ts";
import type { Connection } from "../transport/transport.ts";
import { frameBytes, type Outbox, type Outgoing, writeFrame } from "./outbox.ts";

/** Which application frames may go out now. */
export interface Gate {
  /** Whether payloads begin with a route. */
  readonly routed: boolean;
  /** Whether the server would take `frame`; one it would not take is settled and removed from the outbox. */
  admit(frame: Outgoing): boolean;
}

export class Writer {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #control = new Ring<Uint8Array>(CONTROL_FRAMES_MAX);
  // What the connection did not take of the last piece; it will say when there is room.
  #rest: Uint8Array | null = null;
  #gate: Gate | null = null;

  constructor(connection: Connection, outbox: Outbox) {
    this.#connection = connection;
    this.#outbox = outbox;
  }

  /** Lets application frames through, or holds them back. */
  set gate(gate: Gate | null) {
    this.#gate = gate;
  }

  /** Whether everything that may go out was handed to the connection. */
  get isEmpty(): boolean {
    return this.#rest === null && this.#control.length === 0 &&
      (this.#gate === null || this.#outbox.waiting.size === 0);
  }

  /** Queues a whole control frame; false where far too many wait. */
  control(frame: Uint8Array): boolean {
    return this.#control.push(frame);
  }

  /** Hands to the connection what it takes. */
  flush(): void {
    if (this.#rest !== null) return;
    for (let piece = this.#gather(); piece !== null; piece = this.#gather()) {
      if (!this.#write(piece)) return;
    }
  }

  /** The connection has room again. */
  onWritable(): void {
    const rest = this.#rest;
    this.#rest = null;
    if (rest === null || this.#write(rest)) this.flush();
  }

  #write(piece: Uint8Array): boolean {
    const taken = this.#connection.write(piece, true);
    if (taken === piece.length) return true;
    this.#rest = piece.subarray(taken);
    return false;
  }

  #gather(): Uint8Array | null {
    const frames: (Uint8Array | Outgoing)[] = [];
    const routed = this.#gate?.routed ?? false;
    let bytes = 0;
    for (let frame = this.#control.shift(); frame !== undefined; frame = this.#control.shift()) {
      frames.push(frame);
      bytes += frame.length;
    }
    for (const frame of this.#gate === null ? [] : this.#outbox.waiting) {
      if (!this.#gate!.admit(frame)) continue;
      const size = frameBytes(frame, routed);
      // One that is larger goes alone.
      if (bytes > 0 && bytes + size > GATHER_BYTES) break;
      this.#outbox.take(frame);
      frames.push(frame);
      bytes += size;
    }
    if (bytes === 0) return null;
    const piece = new Uint8Array(bytes);
    let offset = 0;
    for (const frame of frames) {
      if (frame instanceof Uint8Array) {
        piece.set(frame, offset);
        offset += frame.length;
      } else {
        offset = writeFrame(piece, offset, frame, routed);
      }
    }
    return piece;
  }
}
