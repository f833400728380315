// For probes, without a token: is it alive, and does it want new clients.

import { createRoute, z } from "@hono/zod-openapi";
import type { NodeId } from "../bus/bus.ts";
import type { AdminApp, Whole } from "./context.ts";
import { json } from "./json.ts";

const Health = z.strictObject({ status: z.literal("ok") }).openapi("Health");

const Readiness = z.strictObject({
  ready: z.boolean(),
  reasons: z.array(z.enum(["starting", "draining", "worker_down", "over_budget"])),
}).openapi("Readiness");

const healthz = createRoute({
  method: "get",
  path: "/healthz",
  summary: "Whether the process is alive",
  security: [],
  responses: {
    200: json(Health, "It is"),
  },
});

const readyz = createRoute({
  method: "get",
  path: "/readyz",
  summary: "Whether new clients may come, and if not, why",
  security: [],
  responses: {
    200: json(Readiness, "They may"),
    503: json(Readiness, "They should go elsewhere"),
  },
});

/** Adds `/healthz` and `/readyz`. */
export function addHealth(app: AdminApp, whole: Whole): void {
  app.openapi(healthz, (c) => c.json({ status: "ok" as const }, 200));
  app.openapi(readyz, async (c) => {
    const reasons = await reasonsAgainst(whole);
    const ready = reasons.length === 0;
    return c.json({ ready, reasons }, ready ? 200 : 503);
  });
}

async function reasonsAgainst(whole: Whole): Promise<z.infer<typeof Readiness>["reasons"]> {
  const reports = await whole.reports();
  const isUp = whole.listening() !== undefined && !whole.isDraining();
  const answers = (node: NodeId) => reports.some((report) => report.node === node);
  const isWhole = !isUp || whole.workers().every(({ node }) => answers(node));
  return [
    ...(whole.isDraining() ? ["draining" as const] : []),
    ...(whole.listening() !== undefined ? [] : ["starting" as const]),
    ...(isWhole ? [] : ["worker_down" as const]),
    ...(reports.some(({ isOverBudget }) => isOverBudget) ? ["over_budget" as const] : []),
  ];
}
