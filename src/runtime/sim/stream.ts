// One simulated TCP stream: two sides, two wires, and what can happen to all of it at once.
//
// What it models: FIN travels behind the bytes, and a paused reader does not notice it. A reset travels on its own, is
// noticed at once, and what was not read before it is lost. Who terminates always sends one; a kernel that has nothing
// unread may send FIN instead, and reset only what the peer writes then.

import type { Address } from "../../transport/transport.ts";
import { Endpoint, type EndpointOwner } from "./endpoint.ts";
import type { Network } from "./network.ts";
import type { VirtualTime } from "./virtual_time.ts";
import { Wire, type WireEnds } from "./wire.ts";

export class Stream {
  /** Both addresses, the client's first. */
  readonly name: string;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly #network: Network;
  readonly #time: VirtualTime;
  readonly #wires: readonly Wire[];
  #cut = false;

  /** @param onClosed Hears of each side that is done with. */
  constructor(
    clientAddress: Address,
    serverAddress: Address,
    network: Network,
    time: VirtualTime,
    onClosed: (side: Endpoint) => void,
  ) {
    this.#network = network;
    this.#time = time;
    const [client, server] = [nameOf(clientAddress), nameOf(serverAddress)];
    this.name = `${client} > ${server}`;
    const owner: EndpointOwner = {
      sendReset: (from) => this.#sendReset(from === this.client ? this.server : this.client),
      onClosed,
    };
    const upEnds = this.#between(() => this.client, () => this.server);
    const downEnds = this.#between(() => this.server, () => this.client);
    const up = new Wire(this.name, network, time, upEnds);
    const down = new Wire(`${server} > ${client}`, network, time, downEnds);
    this.#wires = [up, down];
    this.client = new Endpoint(serverAddress, time, owner, down, up);
    this.server = new Endpoint(clientAddress, time, owner, up, down);
  }

  /** Whether both sides are done with. */
  get closed(): boolean {
    return this.client.closed && this.server.closed;
  }

  /** Breaks the stream: a reset is on its way to both sides. */
  reset(): void {
    this.#sendReset(this.client);
    this.#sendReset(this.server);
  }

  /** Makes the stream a black hole: from now on nothing arrives, and neither side is told. */
  cut(): void {
    this.#cut = true;
    for (const wire of this.#wires) wire.cut();
  }

  #sendReset(to: Endpoint): void {
    this.#time.after(this.#network.latencyMs(), () => {
      if (!this.#cut) to.receiveReset();
    });
  }

  #between(writer: () => Endpoint, reader: () => Endpoint): WireEnds {
    return {
      onData: (chunk) => reader().receive(chunk),
      onEnd: () => reader().receiveFin(),
      onWritable: () => writer().receiveRoom(),
      onBroken: () => this.reset(),
    };
  }
}

/** An address as text. */
export function nameOf({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
