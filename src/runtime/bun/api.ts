// The slice of Bun's own API that the adapter uses, as types (Bun 1.4; its docs: https://bun.com/docs/api/tcp).

/** One TCP socket. `write` returns what the kernel took: less when it is full, -1 once the socket is closed. */
export interface BunSocket<Data> {
  data: Data;
  /** Undefined once the socket is closed, also where that happens before `open`. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  /** Sends FIN and keeps reading. */
  shutdown(): void;
  /** Closes at once; calls `close` before it returns. */
  end(): void;
  /** Resets; calls `close` before it returns. */
  terminate(): void;
}

export interface BunSocketHandlers<Data> {
  open(socket: BunSocket<Data>): void;
  data(socket: BunSocket<Data>, chunk: Uint8Array): void;
  drain(socket: BunSocket<Data>): void;
  end(socket: BunSocket<Data>): void;
  close(socket: BunSocket<Data>, error?: Error): void;
  error(socket: BunSocket<Data>, error: Error): void;
  connectError(socket: BunSocket<Data>, error: Error): void;
  readonly binaryType: "uint8array";
}

export interface BunSocketOptions<Data> {
  readonly hostname: string;
  readonly port: number;
  readonly allowHalfOpen: boolean;
  /** Of a listener: whether others may listen on the same port, if they say so too. */
  readonly reusePort?: boolean;
  readonly data?: Data;
  readonly socket: BunSocketHandlers<Data>;
}

export interface BunListener {
  readonly hostname: string;
  readonly port: number;
  stop(closeActiveConnections: boolean): void;
}

export interface BunApi {
  readonly version: string;
  /** False where the user wants no colours (`NO_COLOR`), or standard output is no terminal. */
  readonly enableANSIColors: boolean;
  /** The file the program starts with; one inside the executable stands in `/$bunfs/`. */
  readonly main: string;
  readonly isMainThread: boolean;
  listen<Data>(options: BunSocketOptions<Data>): BunListener;
  connect<Data>(options: BunSocketOptions<Data>): Promise<unknown>;
}
