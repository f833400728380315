// What the outer layers need of the platform beyond sockets and time. The core never sees it whole.

import type { Clock, Transport } from "./transport.ts";

/** The signals the program acts on. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The platform the program runs on. */
export interface Host {
  /** Name and version of the runtime, e.g. `deno 2.9.6`. */
  readonly runtime: string;
  readonly clock: Clock;
  /** Bytes from a cryptographic generator: for ids, secrets and tokens. */
  randomBytes(length: number): Uint8Array;
  /** This machine's name; empty where it cannot be had. */
  hostName(): string;
  /** Bytes of memory this process may use, the limit of its container included. */
  memoryBytes(): number;
  /** Command-line arguments after the program's name. */
  readonly args: readonly string[];
  /** One environment variable; undefined when unset. Names start with `TCP_SERVER_`: no other may be read. */
  env(name: string): string | undefined;
  /** @throws {Error} If the file cannot be read. */
  readTextFile(path: string): string;
  /** Replaces the file whole. @throws {Error} If it cannot be written. */
  writeTextFile(path: string, text: string): void;
  /** Writes to standard output or standard error; false where the text is dropped, because nobody reads there. */
  stdout(text: string): boolean;
  stderr(text: string): boolean;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  onSignal(signal: Signal, callback: () => void): void;
  /** Ends the program once what was written is out, or its reader had a second for it. */
  exit(code: number): void;
  /**
   * Sockets of this runtime.
   *
   * @param onFault Hears of an error a connection handler threw; the connection it belonged to is terminated already.
   */
  transport(onFault: (error: unknown) => void): Transport;
}
