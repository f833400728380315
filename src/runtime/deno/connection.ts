// One TCP connection on Deno: turns pull into push, holds at most 64 KiB unsent, and starts operations at the pacer's
// pace. At most one read and one write run at a time.

import { plainHost } from "../address.ts";
import type {
  Address,
  Connection,
  ConnectionHandler,
  StreamEnd,
} from "../../transport/transport.ts";
import type { Paced, Pacer } from "./pacer.ts";
import { ReadBuffer, type ReadBuffers } from "./read_buffer.ts";
import type { WriteBuffers } from "./write_buffers.ts";

/** Bytes taken and not yet written: the bound of the transport's contract. */
const TAKEN_BYTES_MAX = 64 * 1024;

/**
 * - `waiting`: a read is to be started; `running`: it is; `delivering`: the handler looks at what came.
 * - `held`: something came while the connection was paused.
 * - `none`: paused before a read began; `over`: the peer's FIN was seen.
 */
type Reading = "none" | "waiting" | "running" | "delivering" | "held" | "over";

/** A connection. */
export class DenoConnection implements Connection, Paced {
  readonly peer: Address;
  readonly #conn: Deno.TcpConn;
  readonly #pacer: Pacer;
  readonly #buffers: WriteBuffers;
  readonly #onFault: (error: unknown) => void;
  #handler: ConnectionHandler | null = null;

  readonly #buffer: ReadBuffer;
  #reading: Reading = "none";
  #heldBytes = 0;
  #isPaused = false;

  // What is being written, the shared buffer it is in, what was taken behind it, and whether the write runs.
  #out: Uint8Array | null = null;
  #outBuffer: Uint8Array<ArrayBuffer> | null = null;
  #behind: Uint8Array | null = null;
  #isWriting = false;
  #awaitsWritable = false;
  #finWanted = false;
  #finSent = false;

  #isPaced = false;
  #isClosed = false;

  readonly #onRead = (count: number | null) => this.#received(count ?? 0);
  readonly #onWritten = (count: number) => this.#wrote(count);
  readonly #onBroken = () => this.#close("reset");

  constructor(
    conn: Deno.TcpConn,
    pacer: Pacer,
    buffers: WriteBuffers,
    readBuffers: ReadBuffers,
    onFault: (error: unknown) => void,
  ) {
    this.#conn = conn;
    this.#pacer = pacer;
    this.#buffers = buffers;
    this.#buffer = new ReadBuffer(readBuffers);
    this.#onFault = onFault;
    const { hostname, port } = conn.remoteAddr;
    this.peer = { host: plainHost(hostname), port };
    pacer.connections++;
  }

  /** Asks `accept` for the handler of this connection's stream, and begins to read. */
  open(accept: (connection: Connection) => ConnectionHandler): void {
    try {
      this.#handler = accept(this);
    } catch (error) {
      this.#fault(error);
    }
    if (!this.#isPaused) this.#readOn();
  }

  // --- from the core ---

  write(bytes: Uint8Array, frozen: boolean): number {
    if (this.#finWanted || this.#isClosed) return 0;
    const room = TAKEN_BYTES_MAX - (this.#out?.length ?? 0) - (this.#behind?.length ?? 0);
    const taken = Math.min(room, bytes.length);
    if (taken < bytes.length) this.#awaitsWritable = true;
    if (taken === 0) return 0;
    if (this.#out === null) {
      const part = taken === bytes.length ? bytes : bytes.subarray(0, taken);
      this.#out = frozen ? part : this.#copied(part);
      this.#start();
    } else {
      this.#behind = joined(this.#behind, bytes.subarray(0, taken));
    }
    return taken;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    if (this.#reading === "none") this.#readOn();
    else if (this.#reading === "held") queueMicrotask(() => this.#deliverHeld());
  }

  end(): void {
    if (this.#finWanted || this.#isClosed) return;
    this.#finWanted = true;
    if (this.#out === null) this.#sendFin();
  }

  terminate(): void {
    this.#close("terminated");
  }

  /** The pacer's call: starts the read or write, or both, that wait. */
  startOperations(): number {
    this.#isPaced = false;
    if (this.#isClosed) return 0;
    let started = 0;
    if (this.#out !== null && !this.#isWriting) {
      this.#isWriting = true;
      this.#conn.write(this.#out).then(this.#onWritten, this.#onBroken);
      started++;
    }
    if (this.#reading === "waiting") {
      this.#reading = "running";
      this.#conn.read(this.#buffer.bytes).then(this.#onRead, this.#onBroken);
      started++;
    }
    return started;
  }

  // --- reading ---

  #readOn(): void {
    if (this.#isClosed) return;
    this.#reading = "waiting";
    this.#start();
  }

  #start(): void {
    if (this.#isPaced) return;
    if (this.#pacer.mayStart(this)) this.startOperations();
    else this.#isPaced = true;
  }

  #received(count: number): void {
    if (this.#isClosed) return;
    if (this.#isPaused) {
      this.#reading = "held";
      this.#heldBytes = count;
    } else {
      this.#deliver(count);
    }
  }

  #deliverHeld(): void {
    if (this.#reading === "held" && !this.#isPaused) this.#deliver(this.#heldBytes);
  }

  // No bytes: the peer's FIN.
  #deliver(count: number): void {
    if (this.#isClosed) return;
    try {
      if (count === 0) return this.#deliverEnd();
      this.#reading = "delivering";
      this.#handler!.onData(this.#buffer.bytes.subarray(0, count));
    } catch (error) {
      return this.#fault(error);
    }
    this.#buffer.adapt(count);
    if (this.#isPaused) this.#reading = "none";
    else this.#readOn();
  }

  #deliverEnd(): void {
    this.#reading = "over";
    this.#handler!.onEnd();
    if (this.#finSent) this.#close("ended");
  }

  // --- writing ---

  #wrote(count: number): void {
    if (this.#isClosed) return;
    this.#isWriting = false;
    if (count < this.#out!.length) {
      this.#out = this.#out!.subarray(count);
    } else {
      if (this.#outBuffer !== null) this.#buffers.give(this.#outBuffer);
      this.#outBuffer = null;
      this.#out = this.#behind;
      this.#behind = null;
    }
    if (this.#out !== null) return this.#start();
    if (this.#finWanted) return this.#sendFin();
    if (!this.#awaitsWritable) return;
    this.#awaitsWritable = false;
    try {
      this.#handler!.onWritable();
    } catch (error) {
      this.#fault(error);
    }
  }

  #copied(bytes: Uint8Array): Uint8Array {
    this.#outBuffer = this.#buffers.take(bytes);
    return this.#outBuffer?.subarray(0, bytes.length) ?? bytes.slice();
  }

  #sendFin(): void {
    this.#finSent = true;
    if (this.#reading === "over") this.#close("ended");
    else this.#conn.closeWrite().catch(this.#onBroken);
  }

  // --- ending ---

  #close(how: StreamEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A write that still runs may read from its buffer: that one is not used again.
    this.#out = null;
    if (this.#outBuffer !== null) this.#buffers.forget();
    this.#outBuffer = null;
    this.#behind = null;
    this.#pacer.connections--;
    this.#conn.close();
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

function joined(first: Uint8Array | null, second: Uint8Array): Uint8Array {
  if (first === null) return second.slice();
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
