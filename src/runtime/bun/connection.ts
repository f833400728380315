// One TCP connection on Bun. Bun pushes, and the kernel takes what is written, so nothing waits in here.

import type {
  Address,
  Connection,
  ConnectionHandler,
  StreamEnd,
} from "../../transport/transport.ts";
import type { BunSocket } from "./api.ts";

/** A connection, and where the socket's events arrive. */
export class BunConnection implements Connection {
  readonly peer: Address;
  readonly #socket: BunSocket<BunConnection>;
  readonly #onFault: (error: unknown) => void;
  #handler: ConnectionHandler | null = null;
  #finSent = false;
  #finSeen = false;
  #awaitsWritable = false;
  #isPaused = false;
  #isClosed = false;

  /** @param peer Known now: Bun forgets the address once the socket is closed. */
  constructor(
    socket: BunSocket<BunConnection>,
    peer: Address,
    onFault: (error: unknown) => void,
  ) {
    this.#socket = socket;
    this.#onFault = onFault;
    this.peer = peer;
  }

  /** Asks `accept` for the handler of this connection's stream. */
  open(accept: (connection: Connection) => ConnectionHandler): void {
    try {
      this.#handler = accept(this);
    } catch (error) {
      this.#fault(error);
    }
  }

  // --- from the core ---

  write(bytes: Uint8Array, _frozen: boolean): number {
    if (this.#finSent || this.#isClosed) return 0;
    const taken = Math.max(0, this.#socket.write(bytes));
    if (taken < bytes.length) this.#awaitsWritable = true;
    return taken;
  }

  pause(): void {
    if (this.#isClosed) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (this.#isClosed) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  end(): void {
    if (this.#finSent || this.#isClosed) return;
    this.#finSent = true;
    if (this.#finSeen) this.#close("ended");
    else this.#socket.shutdown();
  }

  terminate(): void {
    if (!this.#isClosed) this.#close("terminated");
  }

  // --- from the socket ---

  onData(chunk: Uint8Array): void {
    // Bun reads on when a paused socket is reset (1.4.5).
    if (this.#isPaused) return;
    try {
      this.#handler?.onData(chunk);
    } catch (error) {
      this.#fault(error);
    }
  }

  onDrain(): void {
    if (!this.#awaitsWritable || this.#finSent) return;
    this.#awaitsWritable = false;
    try {
      this.#handler?.onWritable();
    } catch (error) {
      this.#fault(error);
    }
  }

  onEnd(): void {
    if (this.#finSeen || this.#isClosed) return;
    this.#finSeen = true;
    try {
      this.#handler?.onEnd();
    } catch (error) {
      this.#fault(error);
    }
    if (this.#finSent && !this.#isClosed) this.#close("ended");
  }

  // After our own FIN Bun closes on the peer's without an `end` (1.4.5).
  onClose(error: Error | undefined): void {
    if (this.#isClosed) return;
    if (this.#finSent && error === undefined) return this.onEnd();
    this.#isClosed = true;
    this.#notifyClosed("reset");
  }

  // Bun calls `close` from inside `end()` and `terminate()`; the core must not be called from inside its own call.
  #close(how: StreamEnd): void {
    this.#isClosed = true;
    if (how === "terminated") this.#socket.terminate();
    else this.#socket.end();
    queueMicrotask(() => this.#notifyClosed(how));
  }

  #notifyClosed(how: StreamEnd): void {
    const handler = this.#handler;
    this.#handler = null;
    try {
      handler?.onClose(how);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #fault(error: unknown): void {
    this.terminate();
    this.#onFault(error);
  }
}
