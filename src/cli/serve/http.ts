// The HTTP side of `serve`: the admin API and the metrics, each on its own port.

import { adminApp } from "../../admin/api.ts";
import type { AdminAccess } from "../../admin/api.ts";
import type { AdminApp } from "../../admin/context.ts";
import { createContext, type Given } from "../../admin/create_context.ts";
import { metricsHandler, metricsOf, type Scrape } from "../../admin/metrics.ts";
import { newSecret, type Token, tokenOf } from "../../admin/token.ts";
import { tokenFrom } from "../../admin/token_file.ts";
import { adminFront, createFront, type GivenFront } from "../../admin/workers/front.ts";
import { frontMetrics } from "../../admin/workers/metrics.ts";
import type { Config } from "../../config/config.ts";
import type { KeyName } from "../../config/keys.ts";
import type { Log } from "../../observe/log.ts";
import type { Host } from "../../transport/host.ts";
import type { HttpServer } from "../../transport/http.ts";
import { describeError } from "../describe_error.ts";
import { EXIT_CODE } from "../exit_code.ts";

/** What it needs of the platform. */
export type HttpPlatform = Pick<
  Host,
  "serveHttp" | "readTextFile" | "createPrivateFile" | "randomBytes"
>;

/** What of it is asked for. A default that cannot be had costs the admin API alone; what somebody set has to work. */
export interface HttpWish {
  readonly config: Pick<Config, "admin" | "metrics">;
  /** The keys that somebody set. */
  readonly set: ReadonlySet<KeyName>;
  readonly log: Log;
}

/** What is served. */
interface Served {
  readonly admin: (access: AdminAccess) => AdminApp;
  readonly metrics: Scrape;
  readonly close: () => void;
}

/** What closes it again, or the exit code where it cannot be opened. */
type Opened = Promise<(() => Promise<void>) | number>;

/** Opens it for a server without workers. */
export function openAdmin(host: HttpPlatform, wish: HttpWish, given: Given): Opened {
  const context = createContext(given);
  const metrics = metricsOf(context, Date.now());
  const admin = (access: AdminAccess) => adminApp(context, access, metrics);
  return open(host, wish, { admin, metrics, close: () => context.close() });
}

/** Opens it for a server with workers, in their supervisor. */
export function openFront(host: HttpPlatform, wish: HttpWish, given: GivenFront): Opened {
  const front = createFront(given);
  const metrics = frontMetrics(front);
  const admin = (access: AdminAccess) => adminFront(front, access, metrics);
  return open(host, wish, { admin, metrics, close: () => front.close() });
}

async function open(host: HttpPlatform, wish: HttpWish, served: Served): Opened {
  const { admin, metrics } = wish.config;
  const opened: HttpServer[] = [];
  async function close(): Promise<void> {
    served.close();
    await Promise.all(opened.map((server) => server.close()));
  }
  const servers = [
    metrics.enabled ? openMetrics(host, wish, served) : null,
    admin.enabled ? await openApi(host, wish, served) : null,
  ];
  for (const server of servers) {
    if (typeof server === "object" && server !== null) opened.push(server);
  }
  const code = servers.find((server) => typeof server === "number");
  if (code === undefined) return close;
  await close();
  return code;
}

function openMetrics(
  host: HttpPlatform,
  { config: { metrics: { host: name, port } }, log }: HttpWish,
  { metrics }: Served,
): HttpServer | number {
  try {
    const server = host.serveHttp({ host: name, port }, metricsHandler(metrics));
    log("info", "metrics listening", { ...server.address });
    return server;
  } catch (error) {
    log("fatal", "cannot listen", { error: describeError(error) });
    return EXIT_CODE.cannotBind;
  }
}

// Null where it is done without, since nobody set what cannot be had.
async function openApi(
  host: HttpPlatform,
  wish: HttpWish,
  served: Served,
): Promise<HttpServer | number | null> {
  const { config: { admin }, set, log } = wish;
  const token = await tokenFor(host, wish);
  if (token === undefined) return EXIT_CODE.usage;
  const app = served.admin({ token, host: admin.host });
  try {
    const at = { host: admin.host, port: admin.port };
    const server = host.serveHttp(at, (request, peer) => app.fetch(request, { peer }));
    log("info", "admin listening", { ...server.address, tokenFile: admin.tokenFile });
    return server;
  } catch (error) {
    const mustWork = set.has("admin.port") || set.has("admin.host");
    log(mustWork ? "fatal" : "warning", "cannot listen", { error: describeError(error) });
    return mustWork ? EXIT_CODE.cannotBind : null;
  }
}

// Without a file there is still a token, which nobody knows: health can be asked for, and nothing else.
async function tokenFor(
  host: HttpPlatform,
  { config: { admin }, set, log }: HttpWish,
): Promise<Token | undefined> {
  try {
    const { token, isNew } = await tokenFrom(host, admin.tokenFile);
    if (isNew) log("info", "admin token", { made: admin.tokenFile });
    return token;
  } catch (error) {
    const mustWork = set.has("admin.token_file");
    log(mustWork ? "fatal" : "warning", "admin token", { error: describeError(error) });
    return mustWork ? undefined : await tokenOf(newSecret(host.randomBytes));
  }
}
