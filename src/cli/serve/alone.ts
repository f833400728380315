// Serving in this thread: one node, which is the whole server.

import type { Application } from "../../messaging/application.ts";
import { StoreError } from "../../store/store_error.ts";
import type { Address } from "../../transport/transport.ts";
import { VERSION } from "../build_info.ts";
import { describeError } from "../describe_error.ts";
import { EXIT_CODE } from "../exit_code.ts";
import type { openAdmin as OpenAdminNow } from "./http.ts";
import { makeNode } from "./node.ts";
import { reloader } from "./reload.ts";
import { addRoutes } from "./routes.ts";
import { announce, onEndSignals, type Serving } from "./serving.ts";

type OpenAdmin = typeof OpenAdminNow;

/** Runs it; resolves with the exit code once it has drained. */
export async function serveAlone(serving: Serving): Promise<number> {
  const { host, config, options: { load, values }, log, set, setLogLevel, build } = serving;
  const memoryBytes = host.memoryBytes();
  let app: Application;
  try {
    app = await makeNode(host, config, { log, memoryBytes, isShared: false });
    await addRoutes(host, config, app, log);
  } catch (error) {
    log("fatal", "cannot load", { error: describeError(error) });
    return EXIT_CODE.usage;
  }
  const { server } = app;
  const reload = reloader({
    load,
    values,
    log,
    setLogLevel,
    apply: (limits, policies) => server.reconfigure(limits, policies),
  });
  let address: Address | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const drain = () => void app.drain().then(() => end(EXIT_CODE.ok));
  const open = () =>
    openAdmin(host, { config, set, log }, {
      app,
      clock: host.clock,
      log,
      about: { version: VERSION, runtime: host.runtime, ...build },
      memoryBytes,
      usage: host.processUsage,
      listening: () => address,
      drain,
      reload,
    });
  // What somebody set has to work before anybody is let in. A default need not, and its libraries take as long to load as
  // all the rest: clients do not wait for them.
  let closeHttp = isAsked(serving) ? await open() : null;
  if (typeof closeHttp === "number") return closeHttp;
  try {
    address = app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await closeHttp?.();
    const isStore = error instanceof StoreError;
    log("fatal", isStore ? "cannot load" : "cannot listen", { error: describeError(error) });
    return isStore ? EXIT_CODE.usage : EXIT_CODE.cannotBind;
  }
  onEndSignals(host, () => server.isDraining, drain, () => {
    log("warning", "drained", { sessions: server.registry.size, forced: true });
    server.waiting.keepAll();
    end(EXIT_CODE.failed);
  });
  host.onSignal("SIGHUP", reload);
  announce(serving, address, 1);
  closeHttp ??= await open();
  if (typeof closeHttp === "number") return closeHttp;
  const code = await ended;
  await closeHttp();
  return code;
}

function isAsked({ config: { metrics }, set }: Serving): boolean {
  return metrics.enabled || [...set].some((name) => name.startsWith("admin."));
}

// Its libraries are loaded only where it is wanted.
async function openAdmin(...[host, wish, given]: Parameters<OpenAdmin>): ReturnType<OpenAdmin> {
  const { admin, metrics } = wish.config;
  if (!admin.enabled && !metrics.enabled) return () => Promise.resolve();
  return await (await import("./http.ts")).openAdmin(host, wish, given);
}
