// The routes of `serve`: the built-in ones, those of a module, and the backend for everything else.

import type { Config } from "../../config/config.ts";
import { backend } from "../../handlers/backend.ts";
import { BackendClient } from "../../handlers/backend_client.ts";
import { BackendEvents } from "../../handlers/backend_events.ts";
import { listenFor } from "../../handlers/backend_listener.ts";
import { type ImportFile, loadModule } from "../../handlers/module.ts";
import { sys } from "../../handlers/sys.ts";
import type { Application } from "../../messaging/application.ts";
import type { Log } from "../../observe/log.ts";
import type { Host } from "../../transport/host.ts";

/**
 * Registers them.
 *
 * @throws {Error} As a rejection: if the module cannot be loaded, or it takes a route that is somebody else's.
 */
export async function addRoutes(
  host: Host,
  config: Config,
  app: Application,
  log: Log,
): Promise<void> {
  sys(app, config.sys);
  if (config.module.path !== "") await addModule(host, config.module.path, app, log);
  if (config.backend.url !== "") addBackend(host, config, app, log);
}

async function addModule(host: Host, path: string, app: Application, log: Log): Promise<void> {
  // A promise that a module forgot must not end everybody's sessions.
  host.onStrayRejection((error) => {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    log("error", "handler failed", { on: "module", error: text });
  });
  await loadModule(app, (path) => importFile(host, path), path);
}

function importFile(host: Host, path: string): ReturnType<ImportFile> {
  return new Promise((resolve, reject) => host.importFile(path, resolve, reject));
}

function addBackend(host: Host, config: Config, app: Application, log: Log): void {
  const { clock } = host;
  const { events, ...options } = config.backend;
  const latencies = app.server.counters.latencies.backend;
  const client = new BackendClient({ ...options, fetch, clock, log, latencies });
  const handler = backend(app, client, log);
  app.route("*", handler);
  if (config.handler === "backend") app.route("", handler);
  if (events.length === 0) return;
  listenFor(app, events, new BackendEvents({ client, clock, log }), Date.now);
}
