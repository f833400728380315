// What the admin API and the metrics work on, made for one server and listening to it.

import type { NodeId } from "../bus/bus.ts";
import type { ProcessUsage } from "../transport/process_usage.ts";
import { Bans } from "./bans.ts";
import type { AdminContext, NodeContext, Whole } from "./context.ts";
import { EventHub } from "./event_hub.ts";
import { History } from "./history.ts";
import { reportOf } from "./node_report.ts";
import { PacedKicks } from "./paced_kicks.ts";
import { Vitals } from "./vitals.ts";
import { type WallTime, wallTimeOf } from "./wall_time.ts";

/** What is given from outside for a node. */
export type GivenNode = Pick<NodeContext, "app" | "clock" | "log" | "listening"> & {
  /** Bytes of memory the node may use. */
  readonly memoryBytes: number;
  readonly usage: () => ProcessUsage;
  /** The number of the worker that it is, where there are several. */
  readonly worker?: NodeId;
  /** The sessions of all workers together; only its own unless given. */
  readonly taken?: () => number;
  /** The time of day, that of the machine unless given. */
  readonly wall?: WallTime;
};

/** What is given for a server without workers. */
export type Given = GivenNode & Pick<AdminContext, "about" | "drain" | "reload">;

/** Begins to watch the server of a node; `close()` lets go of it. */
export function createNodeContext(given: GivenNode): NodeContext & { close(): void } {
  const { app: { server }, clock, worker = 0, wall = wallTimeOf(clock) } = given;
  const { taken = () => server.registry.size } = given;
  const vitals = new Vitals({ ...given, server, taken });
  const history = new History(clock, wall);
  const pacedKicks = new PacedKicks(clock);
  const bans = new Bans();
  const unwatch = server.watch(history.watch);
  server.admission.isBanned = (host, user) =>
    bans.size > 0 && bans.isBanned(host, user, Date.now());
  vitals.start();
  function close(): void {
    unwatch();
    vitals.stop();
    pacedKicks.close();
  }
  return { ...given, server, wall, vitals, history, bans, pacedKicks, worker, close };
}

/** The same for a server without workers: `close()` lets go of those too who listen to its events. */
export function createContext(given: Given): AdminContext & { close(): void } {
  const { about, drain, reload } = given;
  const node = createNodeContext(given);
  const events = new EventHub(given.clock);
  const unwatch = node.server.watch(events.watch);
  function close(): void {
    node.close();
    unwatch();
    events.close();
  }
  return { ...node, about, drain, reload, events, close };
}

/** A server without workers as a whole. */
export function wholeOf(context: AdminContext): Whole {
  const { server, vitals, worker } = context;
  return {
    ...context,
    node: server.node,
    startedAt: vitals.startedAt,
    usage: () => vitals.usage(),
    isDraining: () => server.isDraining,
    limits: () => server.limits,
    workers: () => [{ node: worker, isUp: true, restarts: 0 }],
    reports: () => Promise.resolve([reportOf(context)]),
  };
}
