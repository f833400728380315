// What the outer layers need of the platform beyond sockets and time. The core never sees it whole.

import type { HttpHandler, HttpServer } from "./http.ts";
import type { ProcessUsage } from "./process_usage.ts";
import type { Address, Clock, Transport } from "./transport.ts";
import type { Supervisor, WorkerThread } from "./worker_thread.ts";

/** The signals the program acts on. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What was found out about a runtime, for whoever plans how many sessions a machine holds. */
export interface RuntimeFacts {
  /** Connections its listeners ask the kernel to complete ahead of accept; the kernel may allow fewer. */
  readonly backlog: number;
  /** Resident bytes of a server without sessions, and of each silent one; the kernel's own come on top. */
  readonly idleServerBytes: number;
  readonly idleSessionBytes: number;
  /** Resident bytes that each worker adds, where there are several. */
  readonly workerBytes: number;
}

/** Where standard output is shown. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** False where the user wants none. */
  readonly hasColors: boolean;
}

/** A process of this same program that this one has started. */
export interface OwnProcess {
  readonly id: number;
  /** Asks it to end, as SIGTERM does; by force where it takes more than two seconds. */
  stop(): void;
}

/** The platform the program runs on. */
export interface Host {
  /** Name and version of the runtime, e.g. `deno 2.9.6`. */
  readonly runtime: string;
  readonly facts: RuntimeFacts;
  readonly clock: Clock;
  /** Bytes from a cryptographic generator: for ids, secrets and tokens. */
  randomBytes(length: number): Uint8Array;
  /** SHA-256. */
  digest(bytes: Uint8Array): Uint8Array;
  /** This machine's name; empty where it cannot be had. */
  hostName(): string;
  /** Bytes of memory this process may use, the limit of its container included. */
  memoryBytes(): number;
  /** How many more file descriptors this process gets, at most `wanted`: takes them all and gives them back. */
  descriptorsFree(wanted: number): number;
  /** Command-line arguments after the program's name. */
  readonly args: readonly string[];
  /** One environment variable; undefined when unset. Names start with `TCP_SERVER_`: no other may be read. */
  env(name: string): string | undefined;
  /** @throws {Error} If the file cannot be read. */
  readTextFile(path: string): string;
  /**
   * Runs a file of TypeScript or JavaScript; calls back with what it exports, or with why it cannot. A relative path
   * starts at the working folder.
   */
  importFile(
    path: string,
    loaded: (exports: Readonly<Record<string, unknown>>) => void,
    failed: (error: unknown) => void,
  ): void;
  /** Hears of promises that were rejected and that nobody waits for; without it they end the program. */
  onStrayRejection(callback: (error: unknown) => void): void;
  /** Replaces the file whole. @throws {Error} If it cannot be written. */
  writeTextFile(path: string, text: string): void;
  /** Makes a file that only its owner may read. @throws {Error} If it is there already, or cannot be made. */
  createPrivateFile(path: string, text: string): void;
  /** Writes to standard output or standard error; false where the text is dropped, because nobody reads there. */
  stdout(text: string): boolean;
  stderr(text: string): boolean;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** That terminal as it is now. */
  terminal(): Terminal | undefined;
  /**
   * Calls back with what is typed, key by key and unseen, until the returned function is called; Ctrl-C is the key
   * `\u0003` then, and no signal. Does nothing where standard input is no terminal.
   */
  onKeys(callback: (keys: string) => void): () => void;
  /** Whether standard input is a terminal. */
  readonly isInputTerminal: boolean;
  /** Standard input as text, piece by piece, and read no faster than it is asked for. */
  input(): AsyncIterable<string>;
  /**
   * Starts this program once more with these arguments and variables, and with none of ours that configure it. Its
   * standard output comes line by line; `null` is the end of it. Ends with this process at the latest. Absent where the
   * program may not start others.
   */
  readonly startSelf?: (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    onLine: (line: string | null) => void,
  ) => OwnProcess;
  /** How many threads run at once on this machine. */
  readonly processors: number;
  /**
   * Starts this program's file once more as a thread, a worker. There `supervisor` is set, and `args` are empty. It ends
   * with the main thread, and never the other way round.
   *
   * @param name Told with its errors.
   * @param onMessage Hears what the worker posts.
   * @param onEnd Comes last, exactly once: with why the worker crashed; with null where it left with code 0, or was terminated.
   */
  startWorker(
    name: string,
    onMessage: (message: unknown) => void,
    onEnd: (error: string | null) => void,
  ): WorkerThread;
  /** The main thread, in a worker; null in the main thread itself. */
  readonly supervisor: Supervisor | null;
  /** Hears of a signal. For the main thread: workers leave signals alone. */
  onSignal(signal: Signal, callback: () => void): void;
  /** Ends the program, or this worker alone, once what was written is out, or its reader had a second for it. */
  exit(code: number): void;
  /** What this process uses of its machine now. */
  processUsage(): ProcessUsage;
  /** Serves HTTP at once. @throws {Error} If the address cannot be bound; its `cause` is the runtime's own error. */
  serveHttp(at: Address, handle: HttpHandler): HttpServer;
  /**
   * Sockets of this runtime.
   *
   * @param onFault Hears of an error a connection handler threw; the connection it belonged to is terminated already.
   */
  transport(onFault: (error: unknown) => void): Transport;
}
