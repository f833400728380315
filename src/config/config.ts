// The configuration as the rest of the program sees it: complete, checked, and without where it came from.

import type { Policies } from "../limits/policies.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { KeyName, ValueOf } from "./keys.ts";
import { pathFrom } from "./path.ts";
import { limitsOf, type Values } from "./values.ts";

/** What the server is to do. */
export interface Config {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What the default route does. */
  readonly handler: ValueOf<"handler">;
  /** Name of this node; empty: the host's name. */
  readonly node: string;
  /** Threads that serve sessions; `auto`: as many as run at once on the machine. */
  readonly workers: ValueOf<"workers">;
  readonly limits: ServerLimits;
  readonly policies: Policies;
  readonly admin: {
    readonly enabled: boolean;
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    readonly tokenFile: string;
  };
  readonly metrics: {
    readonly enabled: boolean;
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
  };
  /** The built-in routes. */
  readonly sys: {
    readonly echo: boolean;
    readonly info: boolean;
    readonly join: boolean;
    readonly joinPattern: string;
    readonly leave: boolean;
    readonly publish: boolean;
    readonly tell: boolean;
  };
  readonly backend: {
    /** Empty: there is none. */
    readonly url: string;
    readonly timeoutMs: number;
    readonly concurrency: number;
    readonly events: ValueOf<"backend.events">;
  };
  readonly resume: {
    /** What keeps sessions beyond the process; `memory` does not. */
    readonly store: ValueOf<"resume.store">;
    readonly path: string;
  };
  readonly module: {
    /** Empty: there is none. */
    readonly path: string;
  };
  readonly log: {
    readonly level: ValueOf<"log.level">;
    /** Undefined: pretty on a terminal, json otherwise. */
    readonly format: ValueOf<"log.format">;
  };
}

/** How many threads serve sessions on a machine that runs `processors` at once. */
export function workersOn(processors: number, { workers }: Pick<Config, "workers">): number {
  return workers === "auto" ? processors : workers;
}

/** The configuration that the values give; paths start at `folder`, where they are not absolute. */
export function toConfig(values: Values, folder: string): Config {
  function get<Name extends KeyName>(name: Name): ValueOf<Name> {
    return values.get(name)!.value as ValueOf<Name>;
  }
  return {
    host: get("host"),
    port: get("port"),
    handler: get("handler"),
    node: get("node"),
    workers: get("workers"),
    limits: limitsOf(values),
    policies: {
      handshakeRequired: get("handshake.required"),
      heartbeatAdaptive: get("heartbeat.adaptive"),
      broadcastPolicy: get("outbound.broadcast_policy"),
      limitsMode: get("limits.limits_mode"),
      sessionsPerUserPolicy: get("limits.sessions_per_user_policy"),
    },
    admin: {
      enabled: get("admin.enabled"),
      host: get("admin.host"),
      port: get("admin.port"),
      tokenFile: pathFrom(folder, get("admin.token_file")),
    },
    metrics: {
      enabled: get("enable_metrics"),
      host: get("metrics.host"),
      port: get("metrics_port"),
    },
    sys: {
      echo: get("sys.echo"),
      info: get("sys.info"),
      join: get("sys.join"),
      joinPattern: get("sys.join_pattern"),
      leave: get("sys.leave"),
      publish: get("sys.publish"),
      tell: get("sys.tell"),
    },
    backend: {
      url: get("backend.url"),
      timeoutMs: get("backend.timeout"),
      concurrency: get("backend.concurrency"),
      events: get("backend.events"),
    },
    resume: {
      store: get("resume.store"),
      path: pathFrom(folder, get("resume.path")),
    },
    module: {
      path: get("module.path") === "" ? "" : pathFrom(folder, get("module.path")),
    },
    log: { level: get("log.level"), format: get("log.format") },
  };
}
