// The application frames of a client that wait to be sent, across connections: bounded in number and bytes.

import { FrameType, writeHeader } from "../codec/frame.ts";
import type { ClientLimits } from "../limits/client.ts";
import { HEADER_BYTES } from "../limits/wire.ts";

/** A frame that may wait, and may be sent more than once. It is encoded when it is sent. */
export interface Outgoing {
  readonly type: FrameType;
  readonly idHigh: number;
  readonly idLow: number;
  /** The bytes of its route; null where frames of its type have none. */
  readonly route: Uint8Array | null;
  /** The client's own, and never changed. */
  readonly body: Uint8Array;
  /** Whether a connection was given at least its first byte. */
  sent: boolean;
}

/** The queue. A Request counts towards the bytes until it is answered, since it may have to be sent again. */
export class Outbox {
  readonly #framesMax: number;
  readonly #bytesMax: number;
  // Insertion order is the order of sending; a frame that is given up leaves from the middle.
  #waiting = new Set<Outgoing>();
  #bytes = 0;

  constructor({ framesMax, bytesMax }: ClientLimits) {
    this.#framesMax = framesMax;
    this.#bytesMax = bytesMax;
  }

  /** Frames that wait to be sent, in order. May be changed while it is iterated over. */
  get waiting(): ReadonlySet<Outgoing> {
    return this.#waiting;
  }

  /** Bytes of what waits and of Requests without an answer. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts `frame` last; false, and nothing happens, where it does not fit. An empty outbox takes any one frame. */
  add(frame: Outgoing): boolean {
    const fits = this.#bytes === 0 || this.#bytes + frameBytes(frame, true) <= this.#bytesMax;
    if (!fits || this.#waiting.size >= this.#framesMax) return false;
    this.#bytes += frameBytes(frame, true);
    this.#waiting.add(frame);
    return true;
  }

  /** `frame` is sent. */
  take(frame: Outgoing): void {
    frame.sent = true;
    this.#waiting.delete(frame);
    if (frame.type !== FrameType.Request) this.#bytes -= frameBytes(frame, true);
  }

  /** `frame` is not needed any more: a Request that has its answer, sent or not, or any frame that waits. */
  remove(frame: Outgoing): void {
    if (this.#waiting.delete(frame) || frame.type === FrameType.Request) {
      this.#bytes -= frameBytes(frame, true);
    }
  }

  /** Puts Requests that were sent in front of everything, to be sent again. */
  putBack(requests: readonly Outgoing[]): void {
    this.#waiting = new Set([...requests, ...this.#waiting]);
  }

  /** Nothing is sent any more. Called when no Request is without an answer. */
  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }

  /** Removes what waits and is of no use to another session: answers to what the last one asked. */
  removeAnswers(): void {
    for (const frame of this.#waiting) {
      const isAnswer = frame.type === FrameType.Response || frame.type === FrameType.Error;
      if (isAnswer) this.remove(frame);
    }
  }
}

/** The size of a frame on the wire; `routed` tells whether routes are written. */
export function frameBytes(
  { route, body }: Pick<Outgoing, "route" | "body">,
  routed: boolean,
): number {
  return HEADER_BYTES + (routed && route !== null ? 1 + route.length : 0) + body.length;
}

/** Writes a frame at `offset`; returns where the next one starts. */
export function writeFrame(
  into: Uint8Array,
  offset: number,
  frame: Outgoing,
  routed: boolean,
): number {
  const { type, idHigh, idLow, route, body } = frame;
  const end = offset + frameBytes(frame, routed);
  writeHeader(into, offset, type, idHigh, idLow, end - offset - HEADER_BYTES);
  if (routed && route !== null) {
    into[offset + HEADER_BYTES] = route.length;
    into.set(route, offset + HEADER_BYTES + 1);
  }
  into.set(body, end - body.length);
  return end;
}
