// Serving in several threads: this one leads the workers, speaks for all of them, and has no sessions itself.

import { SUPERVISOR } from "../../bus/bus.ts";
import { Hub } from "../../bus/hub.ts";
import { joinHere } from "../../bus/join_here.ts";
import type { Policies } from "../../limits/policies.ts";
import type { ServerLimits } from "../../limits/server.ts";
import type { LogLevel } from "../../observe/log.ts";
import { Seats } from "../../runtime/seats.ts";
import type { Address } from "../../transport/transport.ts";
import { VERSION } from "../build_info.ts";
import { describeError } from "../describe_error.ts";
import { EXIT_CODE } from "../exit_code.ts";
import type { Live } from "./control.ts";
import { Crew } from "./crew.ts";
import type { openFront as OpenFrontNow } from "./http.ts";
import { reloader } from "./reload.ts";
import { announce, onEndSignals, type Serving } from "./serving.ts";

type OpenFront = typeof OpenFrontNow;

/** Runs them; resolves with the exit code once all have drained. */
export async function supervise(serving: Serving, workers: number): Promise<number> {
  const { host, config, options: { load, values }, log, set, build } = serving;
  const hub = new Hub();
  const { bus } = joinHere(hub, SUPERVISOR, host.clock);
  const buffer = Seats.make(workers);
  const seats = new Seats(buffer, SUPERVISOR);
  let { limits } = config;
  let live = liveOf(limits, config.policies, config.log.level, workers);
  let address: Address;
  try {
    address = await findAddress(serving);
  } catch (error) {
    log("fatal", "cannot listen", { error: describeError(error) });
    return EXIT_CODE.cannotBind;
  }
  const crew = new Crew({
    host,
    log,
    hub,
    size: workers,
    startOf: (node) => ({
      node,
      workers,
      config: configOf(serving, workers, node),
      live,
      address,
      seats: buffer,
    }),
    gone(node) {
      const sessions = seats.takenBy(node);
      seats.giveAllOf(node);
      return sessions;
    },
  });
  const setLogLevel = (level: LogLevel) => {
    serving.setLogLevel(level);
    live = { ...live, logLevel: level };
  };
  const reload = reloader({
    load,
    values,
    log,
    setLogLevel,
    apply(newLimits, policies) {
      limits = newLimits;
      live = liveOf(limits, policies, live.logLevel, workers);
      crew.tell(() => ({ kind: "reconfigure", live }));
    },
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let isUp = false;
  let isDraining = false;
  let isForced = false;
  const drain = () => {
    if (isDraining) return;
    isDraining = true;
    log("info", "draining", { sessions: seats.taken });
    void crew.drain().then(() => {
      if (isForced) return end(EXIT_CODE.failed);
      log("info", "drained", {});
      end(EXIT_CODE.ok);
    });
  };
  const force = () => {
    if (isForced) return;
    isForced = true;
    log("warning", "drained", { sessions: seats.taken, forced: true });
    void crew.leave().then(() => end(EXIT_CODE.failed));
  };
  const closeHttp = await openFront(host, { config, set, log }, {
    bus,
    clock: host.clock,
    log,
    about: { version: VERSION, runtime: host.runtime, ...build },
    node: config.node === "" ? host.hostName() : config.node,
    usage: host.processUsage,
    listening: () => isUp ? address : undefined,
    limits: () => limits,
    isDraining: () => isDraining,
    drain,
    reload,
    workers: () => crew.members,
    busDropped: () => hub.dropped,
  });
  if (typeof closeHttp === "number") return closeHttp;
  onEndSignals(host, () => isDraining, drain, force);
  const early = await Promise.race([crew.start(), ended]);
  if (early !== null) {
    await crew.leave();
    await closeHttp();
    return early;
  }
  isUp = true;
  host.onSignal("SIGHUP", reload);
  announce(serving, address, workers);
  const code = await ended;
  await closeHttp();
  return code;
}

// Where the workers are to listen. They share the port with each other alone: somebody else who has it is met here.
async function findAddress({ host, config }: Serving): Promise<Address> {
  const probe = host.transport(() => {}).listen({ host: config.host, port: config.port }, () => {
    throw new Error("Nobody is served here");
  });
  probe.close();
  // Deno gives the port back a turn later.
  await new Promise<void>((resolve) => host.clock.afterIo(resolve));
  return probe.address;
}

// What of the whole server's bounds is one worker's share. The number of sessions is counted over all (`Seats`).
function liveOf(
  limits: ServerLimits,
  policies: Policies,
  logLevel: LogLevel,
  workers: number,
): Live {
  const share = (whole: number) => Math.ceil(whole / workers);
  return {
    limits: {
      ...limits,
      acceptRate: share(limits.acceptRate),
      resumeSessionsMax: share(limits.resumeSessionsMax),
    },
    policies,
    logLevel,
  };
}

// Each worker has a store of its own, under its own name, and its share of what may be asked of the backend at once.
function configOf({ config }: Serving, workers: number, node: number) {
  const { backend, resume } = config;
  return {
    ...config,
    backend: { ...backend, concurrency: Math.ceil(backend.concurrency / workers) },
    resume: { ...resume, path: `${resume.path}.${node}` },
  };
}

async function openFront(...[host, wish, given]: Parameters<OpenFront>): ReturnType<OpenFront> {
  const { admin, metrics } = wish.config;
  if (!admin.enabled && !metrics.enabled) return () => Promise.resolve();
  return await (await import("./http.ts")).openFront(host, wish, given);
}
