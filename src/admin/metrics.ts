// The page that Prometheus reads: on the admin API with its token, and on a port of its own without.

import type { Registry } from "prom-client";
import type { AdminApp, AdminContext } from "./context.ts";
import { registryOf } from "./metric_family.ts";
import { buildInfo, processMetrics } from "./process_metrics.ts";
import { type MetricsContext, serverMetrics } from "./server_metrics.ts";

/** What a scrape asks for: a registry, or whatever puts one together when it is asked. */
export type Scrape = Pick<Registry, "metrics" | "contentType">;

/** Every metric of a server without workers. `startedAt` is milliseconds since 1970. */
export function metricsOf(
  context: MetricsContext & Pick<AdminContext, "about">,
  startedAt: number,
): Registry {
  const usage = () => context.vitals.usage();
  return registryOf([
    ...serverMetrics(context),
    buildInfo(context.about),
    ...processMetrics(usage, startedAt),
  ]);
}

/** Adds `/metrics` to the admin API. */
export function addMetrics(app: AdminApp, scrape: Scrape): void {
  app.get("/metrics", () => page(scrape));
}

/** Answers on the port of the metrics. */
export function metricsHandler(scrape: Scrape): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    const isAsked = method === "GET" && new URL(url).pathname === "/metrics";
    if (!isAsked) return new Response("The metrics are at /metrics\n", { status: 404 });
    return await page(scrape);
  };
}

async function page(scrape: Scrape): Promise<Response> {
  const text = await scrape.metrics();
  return new Response(text, { headers: { "content-type": scrape.contentType } });
}
