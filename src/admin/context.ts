// What the parts of the admin API are given, and how the application that they form is typed.

import type { OpenAPIHono } from "@hono/zod-openapi";
import type { NodeId } from "../bus/bus.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { Application } from "../messaging/application.ts";
import type { Log } from "../observe/log.ts";
import type { Server } from "../server/server.ts";
import type { ProcessUsage } from "../transport/process_usage.ts";
import type { Address, Clock } from "../transport/transport.ts";
import type { Bans } from "./bans.ts";
import type { EventHub } from "./event_hub.ts";
import type { History } from "./history.ts";
import type { NodeReport } from "./node_report.ts";
import type { PacedKicks } from "./paced_kicks.ts";
import type { Vitals } from "./vitals.ts";
import type { WallTime } from "./wall_time.ts";

/** What this program is. */
export interface About {
  readonly version: string;
  readonly commit: string;
  readonly target: string;
  readonly runtime: string;
}

/** What came of a reload: which keys changed, and which need a restart; or every error. */
export type Reloaded =
  | { readonly applied: readonly string[]; readonly needsRestart: readonly string[] }
  | { readonly errors: readonly string[] };

/** What the routes of one node work on: its sessions, those that are there and those that were. */
export interface NodeContext {
  readonly app: Application;
  /** The one of the application. */
  readonly server: Server;
  readonly clock: Clock;
  readonly wall: WallTime;
  readonly log: Log;
  readonly vitals: Vitals;
  readonly history: History;
  readonly bans: Bans;
  readonly pacedKicks: PacedKicks;
  /** The number of this worker; 0 where there is only one. */
  readonly worker: NodeId;
  /** Where the server listens; undefined while it starts. */
  readonly listening: () => Address | undefined;
}

/** What the admin API of a server without workers works on. */
export interface AdminContext extends NodeContext {
  readonly about: About;
  readonly events: EventHub;
  /** Has the server drain, as a signal does. */
  readonly drain: () => void;
  /** Reads the configuration again. */
  readonly reload: () => Reloaded;
}

/** A worker that there should be. */
export interface WorkerState {
  readonly node: NodeId;
  /** Whether it runs. If not, it starts, or starts again. */
  readonly isUp: boolean;
  /** How often it was started again. */
  readonly restarts: number;
}

/** The server as a whole, whether it is one node or many. */
export interface Whole {
  readonly clock: Clock;
  readonly wall: WallTime;
  readonly log: Log;
  readonly about: About;
  readonly events: EventHub;
  readonly bans: Bans;
  /** Its name. */
  readonly node: string;
  /** The moment of the clock at which it started. */
  readonly startedAt: number;
  /** What the platform says of the process. */
  readonly usage: () => ProcessUsage;
  readonly listening: () => Address | undefined;
  readonly isDraining: () => boolean;
  readonly drain: () => void;
  readonly reload: () => Reloaded;
  /** Those of the whole; a worker works by its share. */
  readonly limits: () => ServerLimits;
  readonly workers: () => readonly WorkerState[];
  /** What those workers say of themselves that answer. */
  readonly reports: () => Promise<readonly NodeReport[]>;
}

/** What comes with each request besides itself. */
export interface AdminEnv {
  Bindings: {
    readonly peer: Address;
    /** Set where a front passes the request on to several nodes. */
    readonly passedOn?: {
      readonly who: string;
      /** How many nodes it was passed on to. */
      readonly nodes: number;
    };
  };
  /** Who asks, once that is known: the fingerprint of the token, and the address. */
  Variables: { who: string };
}

export type AdminApp = OpenAPIHono<AdminEnv>;
