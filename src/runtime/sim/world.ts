// An in-memory network in virtual time: the same seed gives the same order of events. A test makes one, hands its
// transport and clock to what it tests, and runs it; nothing happens in between.

import { Prng } from "../../base/prng.ts";
import type { Clock, Connection, Transport } from "../../transport/transport.ts";
import { Network, type NetworkOptions } from "./network.ts";
import type { OnFault } from "./sim_listener.ts";
import { nameOf, type Stream } from "./stream.ts";
import { Switchboard } from "./switchboard.ts";
import { VirtualTime } from "./virtual_time.ts";

/** What one turn of the event loop takes, so that a chain of `afterIo` does not stop time. */
const TURN_MS = 1 / 16;

/** How long `runUntil` and `runUntilIdle` go on before they give up. */
const RUN_MS_MAX = 60 * 60 * 1000;

/** Everything that is simulated together. */
export class World {
  readonly clock: Clock;
  readonly #time = new VirtualTime();
  readonly #switchboard: Switchboard;
  #timers = 0;

  constructor(seed: number, odds: Partial<NetworkOptions> = {}) {
    this.#switchboard = new Switchboard(new Network(new Prng(seed), odds), this.#time);
    this.clock = {
      now: () => this.#time.now,
      schedule: (delayMs, callback) => this.#schedule(delayMs, callback),
      afterIo: (callback) => void this.#schedule(TURN_MS, callback),
    };
  }

  /**
   * Sockets in this world.
   *
   * @param onFault Hears of an error a connection handler threw. What it throws itself comes out of `step()`.
   */
  transport(onFault: OnFault): Transport {
    return {
      listen: (at, accept, isShared = false) =>
        this.#switchboard.listen(at, accept, isShared, onFault),
      connect: (to, opened, failed) => this.#switchboard.connect(to, opened, failed, onFault),
    };
  }

  /** Lets one thing happen; false when nothing is left to happen. */
  step(): boolean {
    return this.#time.step();
  }

  /** Lets everything happen that happens within `ms`. */
  runFor(ms: number): void {
    this.#time.runFor(ms);
  }

  /** @throws {Error} If nothing is left to happen before `condition` holds, or it takes more than an hour. */
  runUntil(condition: () => boolean): void {
    const end = this.#time.now + RUN_MS_MAX;
    while (!condition()) {
      if (this.#time.now > end) throw new Error(`Condition does not hold after ${RUN_MS_MAX} ms`);
      if (!this.step()) throw new Error("Condition does not hold and nothing is left to happen");
    }
  }

  /** Lets everything happen. @throws {Error} If that takes more than an hour. */
  runUntilIdle(): void {
    this.runUntil(() => this.#time.next === undefined);
  }

  /** The streams of which a side is still open, or waits to be accepted. */
  get openStreams(): ReadonlySet<Stream> {
    return this.#switchboard.openStreams;
  }

  /** Callbacks given to the clock that were neither called nor cancelled. */
  get timers(): number {
    return this.#timers;
  }

  /** The open stream that `connection` is a side of, to break it. */
  streamOf(connection: Connection): Stream {
    for (const stream of this.openStreams) {
      if (stream.client === connection || stream.server === connection) return stream;
    }
    throw new Error(`No open stream has this connection to ${nameOf(connection.peer)}`);
  }

  /** From now on at most `max` accepted connections are open at once; others wait until there is one less. */
  limitDescriptors(max: number): void {
    this.#switchboard.limitDescriptors(max);
  }

  #schedule(delayMs: number, callback: () => void): () => void {
    let pending = true;
    this.#timers++;
    const settle = () => {
      if (pending) this.#timers--;
      pending = false;
    };
    const cancel = this.#time.after(delayMs, () => {
      settle();
      callback();
    });
    return () => {
      settle();
      cancel();
    };
  }
}
