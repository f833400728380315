// What a server is made of; everything from outside arrives here.

import type { Policies } from "../limits/policies.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { Log } from "../observe/log.ts";
import type { Clock, Transport } from "../transport/transport.ts";
import type { Handler } from "./handler.ts";
import type { Seats } from "./registry.ts";
import type { SessionStore } from "./session_store.ts";

/** The parts. */
export interface ServerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Bytes from a cryptographic generator. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** SHA-256. */
  readonly digest: (bytes: Uint8Array) => Uint8Array;
  readonly limits: ServerLimits;
  readonly policies: Policies;
  /** Bytes of memory the process may use: what the budgets are shares of. */
  readonly memoryBytes: number;
  /** Serves application frames. */
  readonly handler: Handler;
  readonly log: Log;
  /** Keeps resumable sessions beyond the life of the process; without it they end with it. */
  readonly store?: SessionStore;
  /** This node's name, and the product and version told to clients. */
  readonly node: string;
  readonly product: string;
  /** This node's number among those of the server, 0 to 65 535; none: it is the whole server. */
  readonly nodeId?: number;
  /** Places for sessions that this node shares with others; without it `maxConnections` is its own. */
  readonly seats?: Seats;
}
