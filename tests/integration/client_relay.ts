// A TCP relay between a client and a server under test: it can change servers, and break what goes through it.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Cleanup } from "./program.ts";

/** What can be done to a connection; `delay` alone leaves it whole. */
export const FAULTS = ["reset", "swallow", "delay", "end"] as const;

export type Fault = (typeof FAULTS)[number];

export class Relay {
  /** Where it listens. */
  readonly port: number;
  /** Where new connections go. */
  target: number;
  /** Connections so far. */
  connections = 0;
  /** Asked about each piece that passes: what happens to its connection in the middle of it, if anything does. */
  onPiece: () => Fault | undefined = () => undefined;
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
    new Pair(near, far, () => this.onPiece());
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("close", () => void this.#sockets.delete(socket));
    }
  }
}

/** How long pieces are held up. */
const DELAY_MS = 300;

/** Both sides of a connection. */
class Pair {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #onPiece: () => Fault | undefined;
  // Neither side hears anything of the other any more.
  #isSwallowed = false;

  constructor(near: Socket, far: Socket, onPiece: () => Fault | undefined) {
    this.#near = near;
    this.#far = far;
    this.#onPiece = onPiece;
    this.#carry(near, far);
    this.#carry(far, near);
  }

  #carry(from: Socket, to: Socket): void {
    let isCut = false;
    from.on("data", (piece: Uint8Array) => {
      if (this.#isSwallowed || isCut) return;
      const fault = this.#onPiece();
      // Some of it passes, so that frames are cut in the middle.
      const passing = fault === undefined ? piece : piece.subarray(0, piece.length >> 1);
      to.write(passing);
      if (fault === "reset") {
        this.#near.resetAndDestroy();
        this.#far.resetAndDestroy();
      } else if (fault === "swallow") {
        this.#isSwallowed = true;
      } else if (fault === "end") {
        isCut = true;
        to.end();
      } else if (fault === "delay") {
        from.pause();
        setTimeout(() => {
          to.write(piece.subarray(passing.length));
          from.resume();
        }, DELAY_MS);
      }
    });
    from.on("end", () => {
      if (!this.#isSwallowed && !isCut) to.end();
    });
    from.on("error", () => this.#lose(to));
    from.on("close", () => this.#lose(to));
  }

  #lose(side: Socket): void {
    if (!this.#isSwallowed) side.destroy();
  }
}
