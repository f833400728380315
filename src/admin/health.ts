// For probes, without a token: is it alive, and does it want new clients.

import { createRoute, z } from "@hono/zod-openapi";
import type { AdminApp, AdminContext } from "./context.ts";
import { json } from "./json.ts";

const Health = z.strictObject({ status: z.literal("ok") }).openapi("Health");

const Readiness = z.strictObject({
  ready: z.boolean(),
  reasons: z.array(z.enum(["starting", "draining", "over_budget"])),
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
export function addHealth(app: AdminApp, context: AdminContext): void {
  app.openapi(healthz, (c) => c.json({ status: "ok" as const }, 200));
  app.openapi(readyz, (c) => {
    const reasons = reasonsAgainst(context);
    const ready = reasons.length === 0;
    return c.json({ ready, reasons }, ready ? 200 : 503);
  });
}

function reasonsAgainst(
  { server, vitals, listening }: AdminContext,
): z.infer<typeof Readiness>["reasons"] {
  return [
    ...(server.isDraining ? ["draining" as const] : []),
    ...(listening() !== undefined ? [] : ["starting" as const]),
    ...(vitals.overBudget.length > 0 ? ["over_budget" as const] : []),
  ];
}
