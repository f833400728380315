// The page that Prometheus reads: on the admin API with its token, and on a port of its own without.

import type { Registry } from "prom-client";
import type { AdminApp } from "./context.ts";
import { registryOf } from "./metric_family.ts";
import { processMetrics } from "./process_metrics.ts";
import { type MetricsContext, serverMetrics } from "./server_metrics.ts";

/** Every metric there is. `startedAt` is milliseconds since 1970. */
export function metricsOf(context: MetricsContext, startedAt: number): Registry {
  const usage = () => context.vitals.usage();
  return registryOf([...serverMetrics(context), ...processMetrics(usage, startedAt)]);
}

/** Adds `/metrics` to the admin API. */
export function addMetrics(app: AdminApp, registry: Registry): void {
  app.get("/metrics", () => page(registry));
}

/** Answers on the port of the metrics. */
export function metricsHandler(registry: Registry): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    const isAsked = method === "GET" && new URL(url).pathname === "/metrics";
    if (!isAsked) return new Response("The metrics are at /metrics\n", { status: 404 });
    return await page(registry);
  };
}

async function page(registry: Registry): Promise<Response> {
  const text = await registry.metrics();
  return new Response(text, { headers: { "content-type": registry.contentType } });
}
