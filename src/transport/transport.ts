// The line between the core and a runtime: byte streams in both directions, as interfaces and nothing else.
// One conformance suite holds every implementation to these sentences.

/** One end of a TCP connection, as numbers and dots: an IP address, not a name. */
export interface Address {
  /** IPv4 with dots, or IPv6 with colons. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** How a stream ended: both sides sent FIN; the peer or the network broke it; we closed it with `terminate()`. */
export type StreamEnd = "ended" | "reset" | "terminated";

/** One peer's byte stream. No method calls the handler before it returns. After `onClose` every method does nothing. */
export interface Connection {
  readonly peer: Address;

  /**
   * Takes a prefix of `bytes` and returns its length; 0 when it is full or after `end()`. A short return promises one
   * `onWritable`, unless the connection ends or `end()` is called first; a write in between may take something. At most
   * 64 KiB of what was taken wait inside the adapter.
   *
   * @param frozen Whether `bytes` never change again. Frozen bytes may be held by reference until they are sent;
   * of bytes that are not frozen an adapter copies what it has to keep, so the caller may reuse them at once.
   */
  write(bytes: Uint8Array, frozen: boolean): number;

  /**
   * Holds back `onData` and `onEnd` until `resume()`, also what is on its way. Calls do not add up: the last one counts.
   * Writing and `onWritable` go on; a reset may stay unnoticed while nothing waits to be written.
   */
  pause(): void;
  resume(): void;

  /** Sends FIN after the bytes already taken; reading goes on until the peer's own FIN. */
  end(): void;

  /** Drops unsent bytes and closes now; only `onClose` follows. The peer may see a reset, or FIN. */
  terminate(): void;
}

/**
 * What the core does with a stream. Calls never overlap. A handler that throws has a fault of ours in it: the adapter
 * terminates that connection, reports the error, and goes on with the others. (Where `accept` or `opened` throws there
 * is no handler, and so no `onClose`.)
 */
export interface ConnectionHandler {
  /** `chunk` is lent, and never empty: read or copy it before returning. */
  onData(chunk: Uint8Array): void;
  /** There is room again after a short `write()`. */
  onWritable(): void;
  /** The peer sent FIN; writing still works. At most once, and before `onClose("ended")`. */
  onEnd(): void;
  /** Comes last, exactly once. */
  onClose(how: StreamEnd): void;
}

/** A listening socket. */
export interface Listener {
  /** Where it listens; the port is the real one where 0 was asked for. */
  readonly address: Address;
  /** Stops accepting: `accept` is not called again. Connections live on. The port may take a turn to become free. */
  close(): void;
}

/** A way to make connections. */
export interface Transport {
  /**
   * Listens at once.
   *
   * @param accept Called for each new connection; gives the handler of its stream.
   * @param isShared Whether other listeners may have the same port, if they say so too: each connection goes to one of
   * them. It takes a real port: with 0 one may get a port that others share.
   * @throws {Error} If the address cannot be bound; its `cause` is the runtime's own error.
   */
  listen(
    at: Address,
    accept: (connection: Connection) => ConnectionHandler,
    isShared?: boolean,
  ): Listener;

  /** Connects to `to`; calls either `opened` or `failed`, exactly once, after this returned. */
  connect(
    to: Address,
    opened: (connection: Connection) => ConnectionHandler,
    failed: (error: Error) => void,
  ): void;
}

/** Time, and the turns of the event loop. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `callback` once, `delayMs` or a little more from now; the returned function prevents that. */
  schedule(delayMs: number, callback: () => void): () => void;
  /** Calls `callback` once the sockets have been looked at again: what slices of long work wait for. */
  afterIo(callback: () => void): void;
}
