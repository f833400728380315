// Who listens where, and which ports are taken.

import type { Address } from "../../transport/transport.ts";
import { nameOf } from "./stream.ts";
import type { SimListener } from "./sim_listener.ts";

/** Free ports are given out from here up, round and round. */
const FREE_PORT_FIRST = 32_768;
const PORT_MAX = 65_535;

export class Ports {
  readonly #listeners = new Set<SimListener>();
  readonly #clientPorts = new Set<number>();
  #lastFree = FREE_PORT_FIRST - 1;
  #turn = 0;

  /** The listening sockets. */
  get listeners(): ReadonlySet<SimListener> {
    return this.#listeners;
  }

  /**
   * The address that a listener asking for `at` gets.
   *
   * @param isShared Whether it may be that of others who share theirs.
   * @throws {Error} If something else listens there already.
   */
  addressFor(at: Address, isShared: boolean): Address {
    const address = { host: at.host, port: at.port === 0 ? this.#free() : at.port };
    if (this.#listenersAt(address).every((other) => isShared && other.isShared)) return address;
    throw new Error(`Cannot listen on ${nameOf(at)}`, {
      cause: Object.assign(new Error("The address is in use"), { code: "EADDRINUSE" }),
    });
  }

  /** Who gets the next connection to `to`: those who share it take turns. */
  listenerAt(to: Address): SimListener | undefined {
    const listeners = this.#listenersAt(to);
    return listeners[this.#turn++ % listeners.length];
  }

  add(listener: SimListener): void {
    this.#listeners.add(listener);
  }

  remove(listener: SimListener): void {
    this.#listeners.delete(listener);
  }

  /** Takes a port for the client's side of a connection. */
  takeClientPort(): number {
    const port = this.#free();
    this.#clientPorts.add(port);
    return port;
  }

  freeClientPort(port: number): void {
    this.#clientPorts.delete(port);
  }

  #listenersAt(to: Address): SimListener[] {
    return [...this.#listeners].filter(({ address: { host, port } }) => {
      return port === to.port && (host === to.host || isWildcard(host) || isWildcard(to.host));
    });
  }

  #free(): number {
    for (let tries = FREE_PORT_FIRST; tries <= PORT_MAX; tries++) {
      this.#lastFree = this.#lastFree === PORT_MAX ? FREE_PORT_FIRST : this.#lastFree + 1;
      const port = this.#lastFree;
      const listening = [...this.#listeners].some(({ address }) => address.port === port);
      if (!listening && !this.#clientPorts.has(port)) return port;
    }
    throw new Error(`No port is free from ${FREE_PORT_FIRST} to ${PORT_MAX}`);
  }
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
