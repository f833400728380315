// What every part of the admin API is given, and how the application that they form is typed.

import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Application } from "../messaging/application.ts";
import type { Log } from "../observe/log.ts";
import type { Server } from "../server/server.ts";
import type { Address, Clock } from "../transport/transport.ts";
import type { Bans } from "./bans.ts";
import type { EventHub } from "./event_hub.ts";
import type { History } from "./history.ts";
import type { PacedKicks } from "./paced_kicks.ts";
import type { Vitals } from "./vitals.ts";

/** What this program is. */
export interface About {
  readonly version: string;
  readonly commit: string;
  readonly target: string;
  readonly runtime: string;
}

/** What the admin API works on. */
export interface AdminContext {
  readonly app: Application;
  /** The one of the application. */
  readonly server: Server;
  readonly clock: Clock;
  readonly log: Log;
  readonly about: About;
  readonly vitals: Vitals;
  readonly history: History;
  readonly bans: Bans;
  readonly events: EventHub;
  readonly pacedKicks: PacedKicks;
  /** Where the server listens; undefined while it starts. */
  readonly listening: () => Address | undefined;
  /** Has the server drain, as a signal does. */
  readonly drain: () => void;
  /** Reads the configuration again: which keys changed, and which need a restart; or every error. */
  readonly reload: () =>
    | { readonly applied: readonly string[]; readonly needsRestart: readonly string[] }
    | { readonly errors: readonly string[] };
}

/** What comes with each request besides itself. */
export interface AdminEnv {
  Bindings: { readonly peer: Address };
  /** Who asks, once that is known: the fingerprint of the token, and the address. */
  Variables: { who: string };
}

export type AdminApp = OpenAPIHono<AdminEnv>;
