// The loads: what is sent once all connections stand, and what of it is measured. Each is a closed loop: what comes back
// makes room for the next one, so a slow server is asked less, and waiting in our own queue counts as latency.

import { type Frame, FrameType } from "../../codec/frame.ts";
import { STALLED_MS } from "../../limits/bench.ts";
import type { LoadConnection } from "./connection.ts";
import type { Tally } from "./tally.ts";
import type { Train } from "./train.ts";

/** A load. */
export interface Traffic {
  /** Frames that were sent and have not come back. */
  readonly inFlight: number;
  begin(connections: Iterable<LoadConnection>, now: number): void;
  onFrame(connection: LoadConnection, frame: Frame, now: number): void;
  onGone(connection: LoadConnection): void;
  /** Comes several times a second. */
  onTick(now: number): void;
  /** Nothing more is sent; what comes back from now on is not counted. */
  stop(): void;
}

/** No frames at all: for loads that only connect. */
export function silence(): Traffic {
  const nothing = () => {};
  return {
    inFlight: 0,
    begin: nothing,
    onFrame: nothing,
    onGone: nothing,
    onTick: nothing,
    stop: nothing,
  };
}

/** Requests on every connection, `depth` at a time, each answered with the same bytes. */
export class Echo implements Traffic {
  inFlight = 0;
  readonly #tally: Tally;
  readonly #depth: number;
  #isOver = false;

  constructor(tally: Tally, depth: number) {
    this.#tally = tally;
    this.#depth = depth;
  }

  begin(connections: Iterable<LoadConnection>, now: number): void {
    for (const connection of connections) {
      connection.sentAt = new Float64Array(this.#depth);
      connection.ids = new Float64Array(this.#depth);
      for (let slot = 0; slot < this.#depth; slot++) this.#send(connection, slot, now);
      connection.flush();
    }
  }

  // The connection flushes at the end of the chunk.
  onFrame(connection: LoadConnection, frame: Frame, now: number): void {
    const slot = (frame.idLow - 1) % this.#depth;
    const sentAt = connection.sentAt[slot] ?? 0;
    if (sentAt === 0 || frame.idLow !== connection.ids[slot]) return;
    connection.sentAt[slot] = 0;
    this.inFlight--;
    if (this.#isOver) return;
    if (frame.type === FrameType.Error) {
      this.#tally.addErrorFrame(frame);
    } else {
      this.#tally.messages++;
      this.#tally.latencies.record(now - sentAt);
    }
    this.#send(connection, slot, now);
  }

  onGone(connection: LoadConnection): void {
    for (const sentAt of connection.sentAt) if (sentAt !== 0) this.inFlight--;
    connection.sentAt.fill(0);
  }

  onTick(): void {}

  stop(): void {
    this.#isOver = true;
  }

  #send(connection: LoadConnection, slot: number, now: number): void {
    connection.sentAt[slot] = now;
    connection.ids[slot] = nextId(connection.ids[slot]!, slot, this.#depth);
    connection.send(connection.ids[slot]!);
    this.inFlight++;
  }
}

// The ids of one place differ from round to round, so that what comes twice, or late, is not taken for the next one.
function nextId(last: number, slot: number, depth: number): number {
  return last === 0 || last > 2 ** 31 ? slot + 1 : last + depth;
}

/** A Broadcast that is under way. */
interface Cast {
  id: number;
  sentAt: number;
  /** How many have not heard it; 0: it is over. */
  missing: number;
}

/** One connection speaks, `depth` messages at a time, and everybody hears each; a delivery is what is counted. */
export class Fanout implements Traffic {
  readonly #tally: Tally;
  readonly #train: Train;
  readonly #casts: Cast[];
  readonly #hearers = new Set<LoadConnection>();
  #isOver = false;

  constructor(tally: Tally, depth: number, train: Train) {
    this.#tally = tally;
    this.#train = train;
    this.#casts = Array.from({ length: depth }, () => ({ id: 0, sentAt: 0, missing: 0 }));
  }

  get inFlight(): number {
    return this.#casts.reduce((sum, { missing }) => sum + missing, 0);
  }

  begin(connections: Iterable<LoadConnection>, now: number): void {
    for (const connection of connections) this.#hearers.add(connection);
    for (let slot = 0; slot < this.#casts.length; slot++) this.#send(slot, now);
    this.#flush();
  }

  onFrame(_connection: LoadConnection, frame: Frame, now: number): void {
    if (frame.type === FrameType.Error) {
      return this.#isOver ? undefined : this.#tally.addErrorFrame(frame);
    }
    if (frame.type !== FrameType.Broadcast) return;
    const id = this.#train.idIn(frame.bytes, frame.start, frame.end);
    const slot = (id - 1) % this.#casts.length;
    const cast = this.#casts[slot];
    if (cast === undefined || cast.id !== id || cast.missing === 0) return;
    cast.missing--;
    if (this.#isOver) return;
    this.#tally.messages++;
    this.#tally.latencies.record(now - cast.sentAt);
    if (cast.missing > 0) return;
    this.#send(slot, now);
    this.#flush();
  }

  // What it has not heard is found out by the tick.
  onGone(connection: LoadConnection): void {
    this.#hearers.delete(connection);
  }

  onTick(now: number): void {
    if (this.#isOver) return;
    this.#casts.forEach(({ sentAt, missing }, slot) => {
      if (missing === 0 || now - sentAt < STALLED_MS) return;
      this.#tally.addError("not_delivered");
      this.#send(slot, now);
    });
    this.#flush();
  }

  stop(): void {
    this.#isOver = true;
  }

  #send(slot: number, now: number): void {
    const cast = this.#casts[slot]!;
    cast.id = nextId(cast.id, slot, this.#casts.length);
    cast.sentAt = now;
    cast.missing = this.#hearers.size;
    this.#speaker()?.send(cast.id);
  }

  #flush(): void {
    this.#speaker()?.flush();
  }

  #speaker(): LoadConnection | undefined {
    const [first] = this.#hearers;
    return first;
  }
}
