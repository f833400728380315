// One side of a simulated stream: the Connection that its owner holds, and the only place that calls the owner's
// handler. It asserts the contract of transport.ts about itself.

import { assert } from "../../base/assert.ts";
import type {
  Address,
  Connection,
  ConnectionHandler,
  StreamEnd,
} from "../../transport/transport.ts";
import type { VirtualTime } from "./virtual_time.ts";
import type { Wire } from "./wire.ts";

/** What a stream's sides need of the stream. */
export interface EndpointOwner {
  /** Tells the other side that this one is gone. */
  sendReset(from: Endpoint): void;
  /** Hears that this side is done with, once. */
  onClosed(side: Endpoint): void;
}

export class Endpoint implements Connection {
  readonly peer: Address;
  readonly #time: VirtualTime;
  readonly #owner: EndpointOwner;
  readonly #incoming: Wire;
  readonly #outgoing: Wire;
  #handler: ConnectionHandler | null = null;
  #onFault: (error: unknown) => void = () => {};
  #opened = false;
  #paused = false;
  #finSent = false;
  #finReceived = false;
  // How it ends, from the moment that is decided; onClose follows in a turn of its own.
  #how: StreamEnd | null = null;
  #closed = false;
  #busy = false;

  constructor(
    peer: Address,
    time: VirtualTime,
    owner: EndpointOwner,
    incoming: Wire,
    outgoing: Wire,
  ) {
    this.peer = peer;
    this.#time = time;
    this.#owner = owner;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** Whether its owner has it, or had it. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Whether it is done with. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Gives this side to its owner, whose `accept` gives the handler. */
  open(
    accept: (connection: Connection) => ConnectionHandler,
    onFault: (error: unknown) => void,
  ): void {
    assert(!this.#opened && !this.#closed, "a side is opened once");
    this.#onFault = onFault;
    this.#enter(() => this.#handler = accept(this));
    this.#opened = true;
    if (this.#how !== null) this.#scheduleClose();
    else if (!this.#paused) this.#incoming.resume();
  }

  /** Closes a side that nobody accepted, unseen. */
  refuse(): void {
    if (this.#how === null) this.terminate();
    this.#finishClose();
  }

  write(bytes: Uint8Array, frozen: boolean): number {
    if (this.#how !== null || this.#finSent) return 0;
    return this.#outgoing.write(bytes, frozen);
  }

  pause(): void {
    this.#paused = true;
    this.#incoming.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#incoming.resume();
  }

  end(): void {
    if (this.#how !== null || this.#finSent) return;
    this.#finSent = true;
    this.#outgoing.finish();
    if (this.#finReceived) this.#close("ended");
  }

  terminate(): void {
    if (this.#how !== null) return;
    this.#close("terminated");
    this.#owner.sendReset(this);
  }

  /** Bytes have come, and the handler may read them. */
  receive(chunk: Uint8Array): void {
    const handler = this.#livingHandler();
    this.#enter(() => handler.onData(chunk));
  }

  /** The peer's FIN has come. */
  receiveFin(): void {
    const handler = this.#livingHandler();
    assert(!this.#finReceived, "FIN comes once");
    this.#finReceived = true;
    this.#enter(() => handler.onEnd());
    if (this.#finSent) this.#close("ended");
  }

  /** A reset has come: it counts at once, paused or not, and what was not read before it is lost. */
  receiveReset(): void {
    this.#close("reset");
  }

  /** There is room for what a short write left over. */
  receiveRoom(): void {
    if (this.#how !== null) return;
    const handler = this.#livingHandler();
    assert(!this.#finSent, "no room is offered after end()");
    this.#enter(() => handler.onWritable());
  }

  // Only what comes in stops here. What was written travels on: after both FINs all of it arrives, after terminate()
  // what is quicker than the reset.
  #close(how: StreamEnd): void {
    if (this.#how !== null) return;
    this.#how = how;
    this.#incoming.cut();
    if (this.#opened) this.#scheduleClose();
  }

  #scheduleClose(): void {
    this.#time.after(0, () => {
      this.#incoming.drop();
      this.#enter(() => this.#handler?.onClose(this.#how!));
      this.#finishClose();
    });
  }

  #finishClose(): void {
    assert(!this.#closed, "a side closes once");
    this.#closed = true;
    this.#owner.onClosed(this);
  }

  #livingHandler(): ConnectionHandler {
    assert(this.#how === null && !this.#closed, "a handler hears nothing after its end");
    assert(this.#handler !== null, "a side without a handler hears nothing");
    return this.#handler;
  }

  // Calls into the owner's code. A fault there ends this connection and no other.
  #enter(call: () => void): void {
    assert(this.#time.running && !this.#busy, "a handler is called by time only, one call at once");
    this.#busy = true;
    try {
      call();
    } catch (error) {
      this.terminate();
      this.#onFault(error);
    } finally {
      this.#busy = false;
    }
  }
}
