// Who listens and who is connected: it sets up streams, and keeps count of them and of the descriptors they take.

import { assert } from "../../base/assert.ts";
import type { Address, Listener } from "../../transport/transport.ts";
import type { Network } from "./network.ts";
import { Ports } from "./ports.ts";
import { type Accept, type OnFault, SimListener } from "./sim_listener.ts";
import { nameOf, Stream } from "./stream.ts";
import type { VirtualTime } from "./virtual_time.ts";

export class Switchboard {
  readonly #network: Network;
  readonly #time: VirtualTime;
  readonly #ports = new Ports();
  readonly #streams = new Set<Stream>();
  #descriptors = 0;
  #descriptorsMax = Infinity;

  constructor(network: Network, time: VirtualTime) {
    this.#network = network;
    this.#time = time;
  }

  /** The streams of which a side is still open, or waits to be accepted. */
  get openStreams(): ReadonlySet<Stream> {
    return this.#streams;
  }

  listen(at: Address, accept: Accept, isShared: boolean, onFault: OnFault): Listener {
    const address = this.#ports.addressFor(at, isShared);
    const listener = new SimListener(address, isShared, this.#time, accept, onFault, {
      takeDescriptor: () => this.#takeDescriptor(),
      onClosed: () => this.#ports.remove(listener),
    });
    this.#ports.add(listener);
    return listener;
  }

  connect(to: Address, opened: Accept, failed: (error: Error) => void, onFault: OnFault): void {
    this.#time.after(this.#network.latencyMs(), () => {
      const stream = this.#reach(to);
      this.#time.after(this.#network.latencyMs(), () => {
        if (stream !== null) return stream.client.open(opened, onFault);
        try {
          failed(new Error(`Cannot connect to ${nameOf(to)}: nobody listens there`));
        } catch (error) {
          onFault(error);
        }
      });
    });
  }

  /** At most `max` accepted connections are open at once; others wait until there is one less. */
  limitDescriptors(max: number): void {
    this.#descriptorsMax = max;
    this.#wakeListeners();
  }

  // The client's first packet has come to `to`: a stream, where somebody listens.
  #reach(to: Address): Stream | null {
    const listener = this.#ports.listenerAt(to);
    if (listener === undefined) return null;
    const from = { host: to.host, port: this.#ports.takeClientPort() };
    const stream: Stream = new Stream(from, to, this.#network, this.#time, (side) => {
      if (side === stream.client) this.#ports.freeClientPort(from.port);
      else if (side.opened) this.#freeDescriptor();
      if (stream.closed) this.#streams.delete(stream);
    });
    this.#streams.add(stream);
    listener.offer(stream.server);
    return stream;
  }

  #takeDescriptor(): boolean {
    if (this.#descriptors >= this.#descriptorsMax) return false;
    this.#descriptors++;
    return true;
  }

  #freeDescriptor(): void {
    this.#descriptors--;
    assert(this.#descriptors >= 0, "a descriptor is freed once");
    this.#wakeListeners();
  }

  #wakeListeners(): void {
    for (const listener of this.#ports.listeners) listener.wake();
  }
}
