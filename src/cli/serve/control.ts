// What the supervisor and its workers tell each other beside the bus: plain data, as a structured clone takes it.

import type { Batch, Incoming, Outgoing } from "../../bus/parcel.ts";
import type { Config } from "../../config/config.ts";
import type { Policies } from "../../limits/policies.ts";
import type { ServerLimits } from "../../limits/server.ts";
import type { LogEvent, LogFields, LogLevel } from "../../observe/log.ts";
import type { Address } from "../../transport/transport.ts";

/** What a worker works by, which a reload may change. */
export interface Live {
  /** Its share, where a limit is one of the whole server that is divided. */
  readonly limits: ServerLimits;
  readonly policies: Policies;
  readonly logLevel: LogLevel;
}

/** What a worker is started with. */
export interface Start {
  /** Its number, 1 or more; and how many there are. */
  readonly node: number;
  readonly workers: number;
  readonly config: Config;
  readonly live: Live;
  /** Where all of them listen. */
  readonly address: Address;
  readonly seats: SharedArrayBuffer;
}

/** From the supervisor. */
export type Order =
  | { readonly kind: "start"; readonly start: Start }
  | { readonly kind: "batch"; readonly batch: Batch<Incoming> }
  | { readonly kind: "reconfigure"; readonly live: Live }
  | { readonly kind: "drain" }
  /** No worker has a connection any more: whoever drains keeps its sessions now. */
  | { readonly kind: "go on" }
  /** Now, without waiting for anybody. */
  | { readonly kind: "leave" };

/** From a worker. */
export type News =
  | { readonly kind: "batch"; readonly batch: Batch<Outgoing> }
  | {
    readonly kind: "log";
    readonly level: LogLevel;
    readonly event: LogEvent;
    readonly fields: LogFields;
  }
  | { readonly kind: "listening" }
  /** It drains, and has no connection any more. */
  | { readonly kind: "quiet" }
  /** It is about to crash, and has ended so many sessions over it. */
  | { readonly kind: "crashing"; readonly sessions: number }
  /** It cannot start; the log says why. */
  | { readonly kind: "failed"; readonly code: number };
