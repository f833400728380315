// Where a case plays: it makes listeners and connections whose sides are watched, and clears them away afterwards.

import assert from "node:assert/strict";
import type { Address, Clock, Listener, Transport } from "../../src/transport/transport.ts";
import type { Harness, Platform } from "./harness.ts";
import { Pattern } from "./pattern.ts";
import { type Notebook, type Script, Side } from "./side.ts";

/** Where cases listen: any free port. */
export const LOOPBACK: Address = { host: "127.0.0.1", port: 0 };

/** What became of a `connect()`. */
export interface Dialed {
  side?: Side;
  error?: Error;
}

/** A listener, and the sides it has accepted. */
export interface Listening {
  readonly listener: Listener;
  readonly accepted: Side[];
}

// What clients send, and what servers do.
const UPWARDS = new Pattern(1);
const DOWNWARDS = new Pattern(2);

export class Stage {
  /** What handlers threw. A case takes out what it expects. */
  faults: unknown[] = [];
  /** Why the case could not be played here, if it could not. */
  skipped: string | null = null;
  /** Called when a fault is reported. */
  onFault = () => {};
  readonly #platform: Platform;
  readonly #listeners: Listener[] = [];
  readonly #sides: Side[] = [];
  readonly #breaches: string[] = [];
  readonly #notebook: Notebook = {
    breach: (sentence) => void this.#breaches.push(sentence),
    changed: () => this.changed(),
  };

  constructor(harness: Harness) {
    this.#platform = harness.platform((error) => {
      this.faults.push(error);
      this.onFault();
      this.changed();
    });
  }

  get transport(): Transport {
    return this.#platform.transport;
  }

  get clock(): Clock {
    return this.#platform.clock;
  }

  /** As in Platform; fails at once when the contract was broken. */
  async until(what: string, condition: () => boolean): Promise<void> {
    await this.#platform.until(what, () => this.#breaches.length > 0 || condition());
    this.#assertNoBreach();
  }

  async settle(): Promise<void> {
    await this.#platform.settle();
    this.#assertNoBreach();
  }

  changed(): void {
    this.#platform.changed();
  }

  listen(script: Script = {}, at: Address = LOOPBACK, isShared = false): Listening {
    const accepted: Side[] = [];
    const patterns = { incoming: UPWARDS, outgoing: DOWNWARDS };
    const listener = this.transport.listen(at, (connection) => {
      const side = new Side("server", connection, script, patterns, this.#notebook);
      accepted.push(side);
      return this.#opened(side);
    }, isShared);
    this.#listeners.push(listener);
    return { listener, accepted };
  }

  connect(to: Address, script: Script = {}): Dialed {
    const dialed: Dialed = {};
    let returned = false;
    const answer = (error?: Error) => {
      const first = dialed.side === undefined && dialed.error === undefined;
      if (!first) this.#breaches.push("connect() calls either opened or failed, once");
      if (!returned) this.#breaches.push("connect() answers after it returned");
      if (error !== undefined) dialed.error = error;
      this.changed();
    };
    const patterns = { incoming: DOWNWARDS, outgoing: UPWARDS };
    this.transport.connect(to, (connection) => {
      answer();
      const side = new Side("client", connection, script, patterns, this.#notebook);
      dialed.side = side;
      return this.#opened(side);
    }, answer);
    returned = true;
    return dialed;
  }

  /** Both sides of a new connection. */
  async pair(
    scripts: { client?: Script; server?: Script } = {},
  ): Promise<{ client: Side; server: Side; listener: Listener }> {
    const { listener, accepted } = this.listen(scripts.server);
    const dialed = this.connect(listener.address, scripts.client);
    await this.until(
      "a connection is open on both sides",
      () => dialed.side !== undefined && accepted.length === 1,
    );
    return { client: dialed.side!, server: accepted[0]!, listener };
  }

  /** Ends what a case left open. */
  leave(): void {
    for (const listener of this.#listeners) listener.close();
    for (const side of this.#sides) if (side.closed === null) side.terminate();
  }

  /** Waits until everything is gone, and fails for whatever nobody expected. */
  async clear(): Promise<void> {
    await this.until(
      "every connection had its onClose",
      () => this.#sides.every((side) => side.closed !== null),
    );
    await this.settle();
    this.#platform.close();
    assert.deepEqual(this.faults, [], "a fault that the case did not expect");
  }

  // A side whose script throws here is never given away as a handler, so it hears of no onClose.
  #opened(side: Side): Side {
    side.open();
    this.#sides.push(side);
    return side;
  }

  #assertNoBreach(): void {
    assert.equal(this.#breaches.length, 0, `Contract broken: ${this.#breaches.join("; ")}`);
  }
}
