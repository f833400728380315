// TCP on Node, for clients only: `node:net` behind the transport interface. It does not listen.

import { connect, type Socket } from "node:net";
import type {
  Address,
  Connection,
  ConnectionHandler,
  StreamEnd,
  Transport,
} from "../../transport/transport.ts";

/** What the adapter holds at most of what was written: Node itself would take any amount. */
const HELD_BYTES_MAX = 64 * 1024;

/** Sockets of Node. */
export function nodeTransport(onFault: (error: unknown) => void): Transport {
  return {
    listen() {
      throw new Error("Cannot listen on Node: only clients run there");
    },
    connect(to, opened, failed) {
      const socket = connect({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
      socket.once("error", failed);
      socket.once("connect", () => {
        socket.off("error", failed);
        new NodeConnection(socket, to, onFault).open(opened);
      });
    },
  };
}

class NodeConnection implements Connection {
  readonly peer: Address;
  readonly #socket: Socket;
  readonly #onFault: (error: unknown) => void;
  #handler: ConnectionHandler | null = null;
  #finSent = false;
  #finSeen = false;
  #isTerminated = false;
  #awaitsWritable = false;
  #isPaused = false;
  // Node tells of FIN, and of the close behind it, although the socket is paused and everything was read.
  #held: "nothing" | "end" | "end and close" = "nothing";

  constructor(socket: Socket, peer: Address, onFault: (error: unknown) => void) {
    this.#socket = socket;
    this.#onFault = onFault;
    this.peer = peer;
  }

  /** Asks `opened` for the handler of this connection's stream. */
  open(opened: (connection: Connection) => ConnectionHandler): void {
    this.#guard(() => void (this.#handler = opened(this)));
    // An error is followed by `close`, which tells the handler.
    this.#socket.on("error", () => {});
    this.#socket.on(
      "data",
      (chunk) => this.#guard(() => this.#handler?.onData(chunk as Uint8Array)),
    );
    this.#socket.on("end", () => this.#onEnd());
    this.#socket.on("close", (hadError) => this.#onClose(hadError));
  }

  // --- from the core ---

  write(bytes: Uint8Array, frozen: boolean): number {
    if (this.#finSent || this.#isTerminated || this.#socket.destroyed) return 0;
    const room = Math.max(0, HELD_BYTES_MAX - this.#socket.writableLength);
    const taken = Math.min(room, bytes.length);
    if (taken < bytes.length) this.#awaitsWritable = true;
    if (taken === 0) return 0;
    const piece = bytes.subarray(0, taken);
    // Node keeps what it is given until it is sent.
    this.#socket.write(frozen ? piece : new Uint8Array(piece), () => this.#onWritten());
    return taken;
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
    if (this.#held !== "nothing") queueMicrotask(() => this.#release());
  }

  end(): void {
    if (this.#finSent || this.#isTerminated) return;
    this.#finSent = true;
    this.#socket.end();
  }

  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    this.#socket.destroy();
    if (this.#held === "end and close") queueMicrotask(() => this.#onClose(false));
  }

  // --- from the socket ---

  #onWritten(): void {
    if (!this.#awaitsWritable || this.#finSent || this.#isTerminated) return;
    if (this.#socket.writableLength >= HELD_BYTES_MAX) return;
    this.#awaitsWritable = false;
    this.#guard(() => this.#handler?.onWritable());
  }

  #onEnd(): void {
    if (this.#isTerminated) return;
    if (this.#isPaused) {
      this.#held = "end";
      return;
    }
    this.#finSeen = true;
    this.#guard(() => this.#handler?.onEnd());
  }

  #release(): void {
    if (this.#isPaused || this.#isTerminated) return;
    const held = this.#held;
    this.#held = "nothing";
    if (held !== "nothing") this.#onEnd();
    if (held === "end and close") this.#onClose(false);
  }

  #onClose(hadError: boolean): void {
    if (this.#held === "end" && !hadError && !this.#isTerminated) {
      this.#held = "end and close";
      return;
    }
    const ended = this.#finSent && this.#finSeen && !hadError;
    const how: StreamEnd = this.#isTerminated ? "terminated" : ended ? "ended" : "reset";
    const handler = this.#handler;
    this.#handler = null;
    try {
      handler?.onClose(how);
    } catch (error) {
      this.#onFault(error);
    }
  }

  // A handler that throws loses its connection, and no other is touched.
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.terminate();
      this.#onFault(error);
    }
  }
}
