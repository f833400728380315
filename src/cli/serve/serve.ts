// The command `serve`: puts a server together from its configuration and runs it until a signal ends it.

import type { Config } from "../../config/config.ts";
import { chat } from "../../handlers/chat.ts";
import { echo } from "../../handlers/echo.ts";
import { Application } from "../../messaging/application.ts";
import { limitedLog } from "../../observe/limited_log.ts";
import type { Log, LogLevel } from "../../observe/log.ts";
import type { Server } from "../../server/server.ts";
import type { SessionStore } from "../../server/session_store.ts";
import { StoreError } from "../../store/store_error.ts";
import type { Host } from "../../transport/host.ts";
import type { Address } from "../../transport/transport.ts";
import { type BuildInfo, VERSION } from "../build_info.ts";
import { describeError } from "../describe_error.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { openLog } from "../log_output.ts";
import { reloader } from "./reload.ts";
import type { ServeOptions } from "../run.ts";
import type { openHttp as OpenHttpNow } from "./http.ts";
import { addRoutes } from "./routes.ts";
import { openStore } from "./store.ts";

type OpenHttp = typeof OpenHttpNow;

const FALLBACKS = { chat, echo, backend: undefined, none: undefined };

/** Runs the server; resolves with the exit code once it has drained. */
export async function serve(
  host: Host,
  config: Config,
  options: ServeOptions,
  build: BuildInfo,
): Promise<number> {
  const format = config.log.format ?? (host.isTerminal ? "pretty" : "json");
  const logAt = (level: LogLevel) => openLog({ level, format, write: host.stdout });
  const log = limitedLog(host.clock, logAt(config.log.level));
  const fallback = FALLBACKS[config.handler];
  let store: SessionStore | undefined;
  try {
    store = await openStore(config.resume);
  } catch (error) {
    log("fatal", "cannot load", { error: describeError(error) });
    return EXIT_CODE.usage;
  }
  const app = new Application({
    transport: host.transport((error) => log("error", "fault", { error: describeError(error) })),
    clock: host.clock,
    randomBytes: host.randomBytes,
    digest: host.digest,
    limits: config.limits,
    policies: config.policies,
    memoryBytes: host.memoryBytes(),
    ...(fallback === undefined ? {} : { fallback }),
    log,
    ...(store === undefined ? {} : { store }),
    node: config.node === "" ? host.hostName() : config.node,
    product: `tcp-server/${VERSION}`,
    config: { ...config },
  });
  try {
    await addRoutes(host, config, app, log);
  } catch (error) {
    log("fatal", "cannot load", { error: describeError(error) });
    return EXIT_CODE.usage;
  }
  const { load, values } = options;
  const reload = reloader({ load, values, server: app.server, log, setLogLevel: logAt });
  let address: Address | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const drain = () => void app.drain().then(() => end(EXIT_CODE.ok));
  const set = new Set([...values].flatMap(([name, { isSet }]) => isSet ? [name] : []));
  const closeHttp = await openHttp(host, { config, set }, {
    app,
    clock: host.clock,
    log,
    about: { version: VERSION, runtime: host.runtime, ...build },
    memoryBytes: host.memoryBytes(),
    usage: host.processUsage,
    listening: () => address,
    drain,
    reload,
  });
  if (typeof closeHttp === "number") return closeHttp;
  try {
    address = app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await closeHttp();
    const isStore = error instanceof StoreError;
    log("fatal", isStore ? "cannot load" : "cannot listen", { error: describeError(error) });
    return isStore ? EXIT_CODE.usage : EXIT_CODE.cannotBind;
  }
  onSignals(host, app.server, log, drain, end);
  host.onSignal("SIGHUP", reload);
  if (options.portFile !== undefined) writePort(host, options.portFile, address.port);
  const { runtime } = host;
  log("info", "listening", { ...address, handler: config.handler, version: VERSION, runtime });
  const code = await ended;
  await closeHttp();
  return code;
}

// Its libraries take longer to load than all the rest: a program that goes without does not wait for them.
async function openHttp(...[host, wish, given]: Parameters<OpenHttp>): ReturnType<OpenHttp> {
  const { admin, metrics } = wish.config;
  if (!admin.enabled && !metrics.enabled) return () => Promise.resolve();
  return await (await import("./http.ts")).openHttp(host, wish, given);
}

function writePort(host: Host, file: string, port: number): void {
  try {
    host.writeTextFile(file, `${port}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot write the port file "${file}": ${reason}`, { cause });
  }
}

// The first signal drains, as `drain` does; a second one ends at once.
function onSignals(
  host: Host,
  server: Server,
  log: Log,
  drain: () => void,
  end: (code: number) => void,
): void {
  function stop(): void {
    if (!server.isDraining) return drain();
    log("warning", "drained", { sessions: server.registry.size, forced: true });
    server.waiting.keepAll();
    end(EXIT_CODE.failed);
  }
  host.onSignal("SIGTERM", stop);
  host.onSignal("SIGINT", stop);
}
