// A worker: one node of the server in a thread of its own, led by the supervisor.

import type { Bus } from "../../bus/bus.ts";
import { HubBus } from "../../bus/hub_bus.ts";
import { joinNodes } from "../../cluster/join.ts";
import { CRASH_SPREAD_MS_MIN, CRASH_STEP_MS, RESTART_MS_MIN } from "../../limits/workers.ts";
import type { Application } from "../../messaging/application.ts";
import { limitedLog } from "../../observe/limited_log.ts";
import { type Log, LOG_LEVELS, type LogLevel } from "../../observe/log.ts";
import { Seats } from "../../runtime/seats.ts";
import { type Ending, expire, fail } from "../../session/ending.ts";
import { StoreError } from "../../store/store_error.ts";
import type { Host } from "../../transport/host.ts";
import { describeError } from "../describe_error.ts";
import { EXIT_CODE } from "../exit_code.ts";
import type { News, Order, Start } from "./control.ts";
import { makeNode } from "./node.ts";
import { addRoutes } from "./routes.ts";

type Tell = (news: News) => void;

/** Runs this thread as a worker; it leaves when the supervisor says so. */
export async function runWorker(host: Host): Promise<void> {
  const supervisor = host.supervisor!;
  const tell: Tell = (news) => supervisor.post(news);
  // Before it listens there is nothing to drain.
  const leaveEarly = ({ kind }: Order) => {
    if (kind === "drain" || kind === "leave") host.exit(EXIT_CODE.ok);
  };
  let obey = leaveEarly;
  const { promise: begun, resolve: begin } = Promise.withResolvers<Start>();
  supervisor.onMessage((message) => {
    const order = message as Order;
    if (order.kind === "start") begin(order.start);
    else obey(order);
  });
  const start = await begun;
  const bus = new HubBus(start.node, host.clock, (batch) => tell({ kind: "batch", batch }));
  obey = (order) => order.kind === "batch" ? bus.take(order.batch) : leaveEarly(order);
  const { log, setLevel } = logTo(host, tell, start.live.logLevel);
  const seats = new Seats(start.seats, start.node);
  const app = await loadNode(host, start, bus, seats, log);
  if (app === undefined) return tell({ kind: "failed", code: EXIT_CODE.usage });
  await serveHttp(host, start, app, bus, seats, log);
  const { tellGuests } = joinNodes(app, bus, host.clock, start.workers);
  try {
    app.listen(start.address);
  } catch (error) {
    const isStore = error instanceof StoreError;
    log("fatal", isStore ? "cannot load" : "cannot listen", { error: describeError(error) });
    return tell({ kind: "failed", code: isStore ? EXIT_CODE.usage : EXIT_CODE.cannotBind });
  }
  tellGuests();
  // Until the last of us is quiet it may still say something to those whose sessions wait here.
  let goOn = () => {};
  app.server.draining.whenQuiet = (go) => {
    goOn = go;
    tell({ kind: "quiet" });
  };
  obey = (order) => {
    switch (order.kind) {
      case "batch":
        return bus.take(order.batch);
      case "reconfigure":
        setLevel(order.live.logLevel);
        return app.server.reconfigure(order.live.limits, order.live.policies);
      case "drain":
        return void app.drain().then(() => host.exit(EXIT_CODE.ok));
      case "go on":
        return goOn();
      case "leave":
        app.server.waiting.keepAll();
        return host.exit(EXIT_CODE.ok);
      case "start":
        return;
    }
  };
  const isKept = start.config.resume.store !== "memory";
  supervisor.onCrash((_, leave) => sayFarewell(app, isKept, tell, leave));
  tell({ kind: "listening" });
}

// The node with its routes; undefined where the log says why not.
async function loadNode(
  host: Host,
  { node, workers, config, live }: Start,
  bus: Bus,
  seats: Seats,
  log: Log,
): Promise<Application | undefined> {
  const memoryBytes = Math.floor(host.memoryBytes() / workers);
  try {
    const own = { ...config, limits: live.limits, policies: live.policies };
    const app = await makeNode(host, own, {
      log,
      memoryBytes,
      isShared: true,
      nodeId: node,
      seats,
      bus,
    });
    await addRoutes(host, own, app, log);
    return app;
  } catch (error) {
    log("fatal", "cannot load", { error: describeError(error) });
    return undefined;
  }
}

// The worker's part of the admin API and of the metrics, where there are any: their libraries are loaded only then.
async function serveHttp(
  host: Host,
  { node, workers, config: { admin, metrics }, address }: Start,
  app: Application,
  bus: Bus,
  seats: Seats,
  log: Log,
): Promise<void> {
  if (!admin.enabled && !metrics.enabled) return;
  const [{ createNodeContext }, { serveAdmin }] = await Promise.all([
    import("../../admin/create_context.ts"),
    import("../../admin/workers/serve_admin.ts"),
  ]);
  const context = createNodeContext({
    app,
    clock: host.clock,
    log,
    memoryBytes: Math.floor(host.memoryBytes() / workers),
    usage: host.processUsage,
    worker: node,
    taken: () => seats.taken,
    listening: () => address,
  });
  await serveAdmin(bus, context);
}

// The lines go to the supervisor, which writes those of all workers.
function logTo(
  { clock }: Host,
  tell: Tell,
  level: LogLevel,
): { log: Log; setLevel: (level: LogLevel) => void } {
  let lowest = LOG_LEVELS.indexOf(level);
  const log = limitedLog(clock, (level, event, fields) => {
    if (LOG_LEVELS.indexOf(level) >= lowest) tell({ kind: "log", level, event, fields });
  });
  return { log, setLevel: (level) => lowest = LOG_LEVELS.indexOf(level) };
}

const FAULT: Ending = { name: "internal", by: "server", message: "A fault of the server" };

// This thread is about to end over a fault that nobody caught: its clients are told, and what can be kept is kept. They
// are asked to come back when it runs again.
function sayFarewell(
  { server }: Application,
  isKept: boolean,
  tell: Tell,
  leave: () => void,
): void {
  const { name, message } = FAULT;
  try {
    tell({ kind: "crashing", sessions: server.registry.size });
    if (!isKept) server.limits = { ...server.limits, resumeSessionsMax: 0 };
    server.turn(() => {
      const spreadMs = Math.max(CRASH_SPREAD_MS_MIN, server.registry.size * CRASH_STEP_MS);
      server.registry.forEach((session) => {
        const retryAfterMs = RESTART_MS_MIN + Math.round(server.random() * spreadMs);
        fail(session, name, message, { retryAfterMs });
      });
      if (!isKept) server.waiting.registry.forEach((session) => expire(session, FAULT));
    });
    server.waiting.keepAll();
  } finally {
    leave();
  }
}
