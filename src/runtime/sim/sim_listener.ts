// A simulated listening socket and its backlog. The backlog has no bound: a simulation is as large as its test.

import type {
  Address,
  Connection,
  ConnectionHandler,
  Listener,
} from "../../transport/transport.ts";
import type { Endpoint } from "./endpoint.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** Takes a new connection and gives its handler. */
export type Accept = (connection: Connection) => ConnectionHandler;

/** Hears of what an owner's code threw. */
export type OnFault = (error: unknown) => void;

/** What a listening socket needs of the others. */
export interface ListenerOwner {
  /** Takes a descriptor for one more connection; false while there is none. */
  takeDescriptor(): boolean;
  onClosed(): void;
}

export class SimListener implements Listener {
  readonly address: Address;
  readonly isShared: boolean;
  readonly #time: VirtualTime;
  readonly #owner: ListenerOwner;
  readonly #accept: Accept;
  readonly #onFault: OnFault;
  #backlog: Endpoint[] = [];
  #closed = false;

  constructor(
    address: Address,
    isShared: boolean,
    time: VirtualTime,
    accept: Accept,
    onFault: OnFault,
    owner: ListenerOwner,
  ) {
    this.address = address;
    this.isShared = isShared;
    this.#time = time;
    this.#owner = owner;
    this.#accept = accept;
    this.#onFault = onFault;
  }

  /** A connection has come; it waits for its turn and for a descriptor. */
  offer(endpoint: Endpoint): void {
    this.#backlog.push(endpoint);
    this.wake();
  }

  /** Accepts what waits, one connection a turn, for as long as there are descriptors. */
  wake(): void {
    this.#time.after(0, () => {
      if (this.#backlog.length === 0 || !this.#owner.takeDescriptor()) return;
      this.#backlog.shift()!.open(this.#accept, this.#onFault);
      this.wake();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.onClosed();
    for (const endpoint of this.#backlog) endpoint.refuse();
    this.#backlog = [];
  }
}
