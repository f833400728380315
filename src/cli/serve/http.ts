// The HTTP side of `serve`: the admin API and the metrics, each on its own port.

import type { Registry } from "prom-client";
import { adminApp } from "../../admin/api.ts";
import type { AdminContext } from "../../admin/context.ts";
import { createContext, type Given } from "../../admin/create_context.ts";
import { metricsHandler, metricsOf } from "../../admin/metrics.ts";
import { newSecret, type Token, tokenOf } from "../../admin/token.ts";
import { tokenFrom } from "../../admin/token_file.ts";
import type { Config } from "../../config/config.ts";
import type { KeyName } from "../../config/keys.ts";
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
}

/** Opens it; what closes it again, or the exit code where it cannot be opened. */
export async function openHttp(
  host: HttpPlatform,
  wish: HttpWish,
  given: Given,
): Promise<(() => Promise<void>) | number> {
  const { admin, metrics } = wish.config;
  const context = createContext(given);
  const registry = metricsOf(context, Date.now());
  const opened: HttpServer[] = [];
  async function close(): Promise<void> {
    context.close();
    await Promise.all(opened.map((server) => server.close()));
  }
  const servers = [
    metrics.enabled ? openMetrics(host, wish, context, registry) : null,
    admin.enabled ? await openAdmin(host, wish, context, registry) : null,
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
  { config: { metrics: { host: name, port } } }: HttpWish,
  { log }: AdminContext,
  registry: Registry,
): HttpServer | number {
  try {
    const server = host.serveHttp({ host: name, port }, metricsHandler(registry));
    log("info", "metrics listening", { ...server.address });
    return server;
  } catch (error) {
    log("fatal", "cannot listen", { error: describeError(error) });
    return EXIT_CODE.cannotBind;
  }
}

// Null where it is done without, since nobody set what cannot be had.
async function openAdmin(
  host: HttpPlatform,
  wish: HttpWish,
  context: AdminContext,
  registry: Registry,
): Promise<HttpServer | number | null> {
  const { config: { admin }, set } = wish;
  const { log } = context;
  const token = await tokenFor(host, wish, context);
  if (token === undefined) return EXIT_CODE.usage;
  const app = adminApp(context, { token, host: admin.host }, registry);
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
  { config: { admin }, set }: HttpWish,
  { log }: AdminContext,
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
