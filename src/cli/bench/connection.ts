// One connection of a load: shakes hands, answers Pings, and moves frames as quickly as it can. What they mean for the
// load, its owner decides. No promise, no closure, and nothing allocated per frame.

import { NO_BYTES } from "../../base/bytes.ts";
import { Ring } from "../../base/ring.ts";
import { decodeEnd } from "../../codec/end_payload.ts";
import { encodeFrame, type Frame, FrameType } from "../../codec/frame.ts";
import { FrameReader, type FrameSink } from "../../codec/frame_reader.ts";
import { PONGS_MAX } from "../../limits/bench.ts";
import { FRAME_BYTES_CEILING } from "../../limits/wire.ts";
import type { Connection, ConnectionHandler, StreamEnd } from "../../transport/transport.ts";
import type { Train } from "./train.ts";

/** What a connection tells. */
export interface LoadOwner {
  /** One for all readers. */
  readonly frame: Frame;
  readonly train: Train;
  /** Frames that may wait on one connection. */
  readonly depth: number;
  /** The clock was last looked at then: once for all frames of a chunk. */
  look(): void;
  onOpen(connection: LoadConnection): void;
  /** A Response, a Broadcast, or the Error of one request. */
  onFrame(connection: LoadConnection, frame: Frame): void;
  /** It is gone; `why` is the name of a code. */
  onGone(connection: LoadConnection, why: string): void;
}

const HANDSHAKE = encodeFrame(FrameType.Handshake, 0, 1, NO_BYTES);
const DISCONNECT = encodeFrame(FrameType.Disconnect, 0, 0, NO_BYTES);

const NO_TIMES = new Float64Array(0);

export class LoadConnection implements ConnectionHandler, FrameSink {
  /** When the request in each place was sent, 0: there is none; and its id. Only loads of requests have them. */
  sentAt: Float64Array = NO_TIMES;
  ids: Float64Array = NO_TIMES;
  readonly dialedAt: number;
  isOpen = false;
  readonly #owner: LoadOwner;
  readonly #reader: FrameReader;
  readonly #waiting: Ring<number>;
  readonly #control: Uint8Array[] = [HANDSHAKE];
  #connection: Connection | null = null;
  // What must go out first: the rest of a frame that has begun.
  #begun: Uint8Array | null = null;
  #isLeaving = false;
  #why: string | null = null;

  constructor(owner: LoadOwner, dialedAt: number) {
    this.#owner = owner;
    this.dialedAt = dialedAt;
    this.#reader = new FrameReader(FRAME_BYTES_CEILING, owner.frame);
    this.#waiting = new Ring(owner.depth);
  }

  /** It is connected. */
  begin(connection: Connection): this {
    this.#connection = connection;
    this.flush();
    return this;
  }

  /** Queues a frame with this id; `flush()` sends it. */
  send(id: number): void {
    this.#waiting.push(id);
  }

  /** Sends what waits. */
  flush(): void {
    for (;;) {
      const control = this.#begun ?? this.#control.shift();
      if (control !== undefined) {
        const taken = this.#connection!.write(control, false);
        this.#begun = taken < control.length ? control.subarray(taken) : null;
        if (this.#begun !== null) return;
      } else if (this.#waiting.length === 0) {
        if (this.#isLeaving) this.#connection!.end();
        return;
      } else if (!this.#sendTrain()) {
        return;
      }
    }
  }

  /** Says goodbye, behind a frame that has begun; `onGone` follows. */
  leave(): void {
    this.#why ??= "normal";
    this.#isLeaving = true;
    this.#waiting.clear();
    this.#control.push(DISCONNECT);
    if (this.#begun === null) this.flush();
  }

  /** Closes at once. */
  terminate(): void {
    this.#why ??= "normal";
    this.#connection?.terminate();
  }

  onData(chunk: Uint8Array): void {
    this.#owner.look();
    const result = this.#reader.push(chunk, this);
    if (result !== "incomplete") {
      this.#why ??= result;
      return this.#connection!.terminate();
    }
    this.flush();
  }

  onWritable(): void {
    this.flush();
  }

  onEnd(): void {
    this.#connection!.end();
  }

  onClose(how: StreamEnd): void {
    this.#owner.onGone(this, this.#why ?? (how === "reset" ? "reset" : "transport_lost"));
  }

  onFrame(frame: Frame): boolean {
    const { type, idHigh, idLow } = frame;
    if (type === FrameType.Response || type === FrameType.Broadcast) {
      this.#owner.onFrame(this, frame);
    } else if (type === FrameType.HandshakeAck && !this.isOpen) {
      this.isOpen = true;
      this.#owner.onOpen(this);
    } else if (type === FrameType.Ping) {
      const pong = encodeFrame(FrameType.Pong, idHigh, idLow, frame.bytes, frame.start, frame.end);
      if (this.#control.length < PONGS_MAX) this.#control.push(pong);
    } else if (type === FrameType.Error && idLow > 0) {
      this.#owner.onFrame(this, frame);
    } else if (type === FrameType.Error || type === FrameType.Disconnect) {
      this.#why ??= decodeEnd(frame.payload)?.name ?? "bad_payload";
    }
    return true;
  }

  // False where not all of it was taken.
  #sendTrain(): boolean {
    const bytes = this.#owner.train.load(this.#waiting);
    const { frameBytes } = this.#owner.train;
    const taken = this.#connection!.write(bytes, false);
    for (let sent = 0; sent < taken; sent += frameBytes) this.#waiting.shift();
    const rest = taken % frameBytes;
    if (rest > 0) this.#begun = bytes.slice(taken, taken - rest + frameBytes);
    return taken === bytes.length;
  }
}
