// Several clients as one, for programs that talk to one server from many tasks, or to several servers.

import type { EndReason } from "./errors.ts";
import { refusal, RequestError } from "./errors.ts";
import type { Body, Client, RequestOptions } from "./client.ts";
import type { ClientOptions } from "./options.ts";
import type { ClientState } from "./events.ts";
import type { Address } from "../transport/transport.ts";
import { POOL_SIZE_MAX } from "../limits/client.ts";

/** What a pool is made of; every member gets the same options. */
export interface PoolOptions extends Omit<ClientOptions, "address"> {
  /** The servers; members are dealt out to them in turn. */
  readonly addresses: readonly Address[];
  /** Connections, 1 to 256. */
  readonly size: number;
}

/**
 * A fixed number of clients. Each finds out by its own heartbeat whether its server lives, and comes back by itself.
 * A call goes to the one of those that are connected which has the fewest requests without an answer. Where none is
 * connected it waits at one of the others, as `whileDisconnected` says. A member that is closed for good (`kicked`,
 * `banned`) gets no calls.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { createPool, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.route("who", (c) => c.session.id);
 * const pool = await createPool({ addresses: [server.listen({ host: "127.0.0.1", port: 0 })], size: 3 });
 * const answers = await Promise.all([1, 2, 3].map(() => pool.request("who", "")));
 * const sessions = new Set(answers.map((answer) => new TextDecoder().decode(answer)));
 * assert.equal(sessions.size, 3); // each call went to the member with the fewest
 * await pool.close();
 * await server.drain();
 * ```
 */
export class Pool {
  readonly #members: readonly Client[];
  readonly #running = new Set<Promise<unknown>>();
  #isClosing = false;

  /** What `createPool()` calls. @throws {RangeError} If there is no address, or `size` is out of its bounds. */
  constructor(
    { addresses, size, ...options }: PoolOptions,
    make: (options: ClientOptions) => Client,
  ) {
    if (addresses.length === 0) throw new RangeError("Cannot make a pool without an address");
    if (!Number.isInteger(size) || size < 1 || size > POOL_SIZE_MAX) {
      throw new RangeError(`Cannot use size ${size}: it must be from 1 to ${POOL_SIZE_MAX}`);
    }
    this.#members = Array.from({ length: size }, (_, index) => {
      return make({ ...options, address: addresses[index % addresses.length]! });
    });
  }

  /** Where each member stands, in the order in which the addresses were dealt out. */
  get states(): ClientState[] {
    return this.#members.map(({ state }) => state);
  }

  /** Like `Client.request()`. @throws {RequestError} Also `cancelled` after `close()`, and where all members are closed. */
  async request(route: string, body: Body, options?: RequestOptions): Promise<Uint8Array> {
    const answer = this.#pick().request(route, body, options);
    this.#running.add(answer);
    try {
      return await answer;
    } finally {
      this.#running.delete(answer);
    }
  }

  /** Like `Client.notify()`. @throws {RequestError} As `request()` does. */
  notify(route: string, body: Body): void {
    this.#pick().notify(route, body);
  }

  /**
   * Drains: takes no more calls, waits until those that run have their answer (their own time-outs bound that), then
   * closes every member.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled(this.#running);
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #pick(): Client {
    if (this.#isClosing) throw refusal("cancelled", "The pool is closing");
    let best: Client | undefined;
    for (const member of this.#members) {
      if (member.state.state === "closed") continue;
      if (best === undefined || isBetter(member, best)) best = member;
    }
    if (best !== undefined) return best;
    const { code, name, message, by } = closedReason(this.#members[0]!.state);
    throw new RequestError(code, name, `Every member of the pool is closed: ${message}`, by);
  }
}

function isBetter(one: Client, other: Client): boolean {
  const [oneOpen, otherOpen] = [one.state.state === "open", other.state.state === "open"];
  return oneOpen === otherOpen ? one.running < other.running : oneOpen;
}

function closedReason(state: ClientState): EndReason {
  return (state as ClientState & { state: "closed" }).reason;
}
