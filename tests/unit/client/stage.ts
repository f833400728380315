// A client and a scripted server in virtual time. Promises need turns of the real event loop, which `run()` gives.

import { Client } from "../../../src/client/client.ts";
import type { ClientState } from "../../../src/client/events.ts";
import type { ClientOptions } from "../../../src/client/options.ts";
import { makePlatform, type Platform } from "../../../src/client/platform.ts";
import type { CodeName } from "../../../src/codec/codes.ts";
import { encodeEnd } from "../../../src/codec/end_payload.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { World } from "../../../src/runtime/sim/world.ts";
import type { Connection, Transport } from "../../../src/transport/transport.ts";
import { Peer, type PeerScript } from "./peer.ts";

/** A deadline is noticed at most this many milliseconds late: a slot of the timer wheel. */
export const SLOT_MS = 50;

export class Stage {
  readonly world: World;
  readonly transport: Transport;
  readonly platform: Platform;
  readonly peer: Peer;
  /** The sizes of the client's writes. */
  readonly writes: number[] = [];
  /** What listeners threw. */
  readonly faults: unknown[] = [];

  constructor(script: PeerScript = {}, seed = 1) {
    this.world = new World(seed);
    this.transport = this.world.transport((error) => {
      throw error;
    });
    this.platform = this.platformOn(this.#counting(), seed);
    this.peer = new Peer(this.world, this.transport, script);
  }

  get now(): number {
    return this.world.clock.now();
  }

  /** A platform whose sockets are those of `transport`. */
  platformOn(transport: Transport, seed = 1): Platform {
    const host = {
      clock: this.world.clock,
      randomBytes: (length: number) => new Uint8Array(length).fill(seed),
      transport: () => transport,
    };
    const defer = (callback: () => void) => void this.world.clock.schedule(0, callback);
    return makePlatform(host, defer, (error) => void this.faults.push(error));
  }

  /** A client that has begun to connect to the peer. */
  connect(options: Partial<ClientOptions> = {}): Client {
    return new Client({ address: this.peer.address, ...options }, this.platform);
  }

  /** A client with an open session. */
  async open(options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.connect(options);
    await this.until(() => client.state.state === "open");
    return client;
  }

  /** Lets `ms` pass, and promises settle on the way. */
  async run(ms = 20): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (let over = false; !over;) {
      this.world.clock.schedule(0, () => {});
      over = this.now >= end;
      if (over) this.world.runFor(0);
      else this.world.runFor(Math.min(ms / 20, end - this.now));
      await settled();
    }
  }

  /** Lets time pass until `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    await settled();
    while (!condition()) {
      if (!this.world.step()) throw new Error("Nothing is left to happen");
      await settled();
    }
  }

  /** Breaks the last connection. */
  reset(): void {
    this.world.streamOf(this.peer.last.connection).reset();
  }

  #counting(): Transport {
    const connect: Transport["connect"] = (to, opened, failed) =>
      this.transport.connect(to, (connection) => {
        const write: Connection["write"] = (bytes, frozen) => {
          this.writes.push(bytes.length);
          return connection.write(bytes, frozen);
        };
        return opened({
          peer: connection.peer,
          write,
          pause: () => connection.pause(),
          resume: () => connection.resume(),
          end: () => connection.end(),
          terminate: () => connection.terminate(),
        });
      }, failed);
    return { ...this.transport, connect };
  }
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** The states a client goes through, from now on. */
export function statesOf(client: Client): ClientState[] {
  const states: ClientState[] = [];
  client.on("state", (state) => void states.push(state));
  return states;
}

/** A state as one line. */
export function shown(state: ClientState): string {
  switch (state.state) {
    case "connecting":
      return `connecting ${state.attempt}`;
    case "open":
      return `open ${state.session}${state.recovered ? " recovered" : ""}`;
    case "leaving":
    case "waiting":
      return `${state.state} ${state.reason.name}`;
    case "closed":
      return `closed ${state.reason.name} by ${state.reason.by}`;
  }
}

/** An Error frame of the server. */
export function errorFrame(name: CodeName, id = 0, retryAfterMs?: number): Uint8Array {
  return encodeFrame(FrameType.Error, 0, id, encodeEnd(name, `It is ${name}`, { retryAfterMs }));
}
