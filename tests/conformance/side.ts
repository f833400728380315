// One side of a connection as a case sees it: it does what the case's script says, remembers what happened, and
// holds every call, in every case, to the sentences of transport.ts that are always true.

import type { Connection, ConnectionHandler, StreamEnd } from "../../src/transport/transport.ts";
import type { Pattern } from "./pattern.ts";
import { Source } from "./source.ts";

/** What a case does inside the callbacks. */
export interface Script {
  /** Inside accept (the server's side) or opened (the client's). */
  open?(side: Side): void;
  data?(side: Side): void;
  writable?(side: Side): void;
  end?(side: Side): void;
  close?(side: Side): void;
}

/** Where a side tells what it sees. */
export interface Notebook {
  /** A sentence of the contract is broken. */
  breach(sentence: string): void;
  /** Something happened. */
  changed(): void;
}

/** What `send()` writes at once, unless the case says otherwise. */
const PIECE_BYTES = 64 * 1024;

export class Side implements ConnectionHandler {
  /** The calls so far, without repetitions of "data" and "writable". */
  readonly calls: string[] = [];
  chunks = 0;
  received = 0;
  sent = 0;
  closed: StreamEnd | null = null;
  /** Whether a short write's onWritable is still to come. */
  roomPromised = false;
  /** How `send()` writes: sizes of pieces, and which of them are frozen. */
  pieceBytes: () => number = () => PIECE_BYTES;
  frozen: () => boolean = () => false;

  readonly #connection: Connection;
  readonly #script: Script;
  readonly #incoming: Pattern;
  readonly #source: Source;
  readonly #name: string;
  readonly #notebook: Notebook;
  #unsent = 0;
  #paused = false;
  #finSent = false;
  #finReceived = false;
  #gone = false; // terminate() was called, or a callback threw: only onClose may follow
  #inMethod = false;
  #inHandler = false;

  constructor(
    name: string,
    connection: Connection,
    script: Script,
    patterns: { incoming: Pattern; outgoing: Pattern },
    notebook: Notebook,
  ) {
    this.#name = name;
    this.#connection = connection;
    this.#script = script;
    this.#incoming = patterns.incoming;
    this.#source = new Source(patterns.outgoing);
    this.#notebook = notebook;
  }

  get peer() {
    return this.#connection.peer;
  }

  /** Runs the script's `open`, inside accept or opened. */
  open(): void {
    this.#handle("open", () => this.#script.open?.(this));
  }

  /** Writes the next `count` bytes of its pattern and returns how many were taken. */
  write(count: number, frozen = false): number {
    const silent = this.#finSent || this.#gone || this.closed !== null;
    const write = (bytes: Uint8Array) => this.#call(() => this.#connection.write(bytes, frozen));
    const taken = frozen
      ? write(this.#source.frozen(this.sent, count))
      : this.#source.scratch(this.sent, count, write);
    this.#check(Number.isInteger(taken) && taken >= 0 && taken <= count, `write took ${taken}`);
    this.#check(
      !silent || taken === 0,
      "write() takes nothing after end(), terminate() or onClose",
    );
    if (taken < count && !silent) this.roomPromised = true;
    this.sent += taken;
    return taken;
  }

  /** Writes `count` more bytes of its pattern in pieces, and goes on at onWritable for as long as it takes. */
  send(count: number): void {
    this.#unsent += count;
    while (this.#unsent > 0) {
      const piece = Math.min(this.#unsent, this.pieceBytes());
      const taken = this.write(piece, this.frozen());
      this.#unsent -= taken;
      if (taken < piece) return;
    }
  }

  pause(): void {
    this.#paused = true;
    this.#call(() => this.#connection.pause());
  }

  resume(): void {
    this.#paused = false;
    this.#call(() => this.#connection.resume());
  }

  end(): void {
    this.#finSent = true;
    this.#call(() => this.#connection.end());
  }

  terminate(): void {
    this.#gone = true;
    this.#call(() => this.#connection.terminate());
  }

  onData(chunk: Uint8Array): void {
    this.#check(!this.#paused, "pause() holds back onData");
    this.#check(!this.#finReceived, "onEnd comes after the last onData");
    this.#check(!this.#gone, "no onData after terminate()");
    this.#check(chunk.length > 0, "a chunk has bytes");
    const wrong = this.#incoming.mismatch(chunk, this.received);
    this.#check(wrong < 0, `byte ${this.received + wrong} is the one that was written`);
    this.received += chunk.length;
    this.chunks++;
    this.#handle("data", () => this.#script.data?.(this));
  }

  onWritable(): void {
    this.#check(this.roomPromised, "onWritable comes once, after a short write");
    this.#check(!this.#finSent, "no onWritable after end()");
    this.#check(!this.#gone, "no onWritable after terminate()");
    this.roomPromised = false;
    this.#handle("writable", () => {
      this.#script.writable?.(this);
      this.send(0);
    });
  }

  onEnd(): void {
    this.#check(!this.#paused, "pause() holds back onEnd");
    this.#check(!this.#finReceived, "onEnd comes once");
    this.#check(!this.#gone, "no onEnd after terminate()");
    this.#finReceived = true;
    this.#handle("end", () => this.#script.end?.(this));
  }

  onClose(how: StreamEnd): void {
    const bothEnded = this.#finSent && this.#finReceived;
    this.#check(how !== "ended" || bothEnded, "a stream is ended when both sides sent FIN");
    this.#check(how !== "terminated" || this.#gone, "terminated means by us");
    this.#handle(`close ${how}`, () => {
      this.closed = how;
      this.#script.close?.(this);
    });
  }

  #handle(call: string, act: () => void): void {
    this.#check(!this.#inMethod, `no method calls the handler before it returns: ${call}`);
    this.#check(!this.#inHandler, `calls never overlap: ${call}`);
    this.#check(this.closed === null, `onClose comes last, once: ${call} after it`);
    if (call !== this.calls.at(-1)) this.calls.push(call);
    this.#inHandler = true;
    try {
      act();
    } catch (error) {
      this.#gone = true;
      throw error;
    } finally {
      this.#inHandler = false;
      this.#notebook.changed();
    }
  }

  #call<T>(method: () => T): T {
    this.#inMethod = true;
    try {
      return method();
    } finally {
      this.#inMethod = false;
    }
  }

  #check(holds: boolean, sentence: string): void {
    if (!holds) this.#notebook.breach(`${this.#name}: ${sentence}`);
  }
}
