// A TCP relay between a client and a server under test: it can change servers, and break what goes through it.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Cleanup } from "./program.ts";

export class Relay {
  /** Where it listens. */
  readonly port: number;
  /** Where new connections go. */
  target: number;
  /** Connections so far. */
  connections = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number, target: number) {
    this.port = port;
    this.target = target;
  }

  /** A relay that ends with the test. */
  static async start(t: Cleanup, target: number): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const relay = new Relay((server.address() as AddressInfo).port, target);
    server.on("connection", (socket) => relay.#join(socket));
    t.after(() => {
      server.close();
      relay.reset();
    });
    return relay;
  }

  /** Breaks every connection, on both sides. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #join(near: Socket): void {
    this.connections++;
    const far = connect({
      port: this.target,
      host: "127.0.0.1",
      allowHalfOpen: true,
      noDelay: true,
    });
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
