// Reading the configuration again over HTTP, as SIGHUP does.

import { createRoute, z } from "@hono/zod-openapi";
import { audit } from "./audit.ts";
import type { AdminApp, Whole } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { json, jsonBody } from "./json.ts";

const Reloaded = z.object({
  applied: z.array(z.string()).openapi({ description: "Keys that have new values now" }),
  needsRestart: z.array(z.string()).openapi({ description: "Keys that will with a restart" }),
}).openapi("Reloaded");

const route = createRoute({
  method: "post",
  path: "/api/v1/reload",
  summary: "Read the configuration again; where it has an error nothing changes",
  request: { body: jsonBody(z.strictObject({})) },
  responses: { 200: json(Reloaded, "What changed"), ...failures("invalid") },
});

/** Adds the reload. */
export function addReload(app: AdminApp, whole: Whole): void {
  app.openapi(route, (c) => {
    const reloaded = whole.reload();
    if ("errors" in reloaded) throw new ApiError("invalid", reloaded.errors.join("; "));
    const [applied, needsRestart] = [[...reloaded.applied], [...reloaded.needsRestart]];
    audit(whole, c, "reload", { applied: applied.join(", ") });
    whole.events.tell("reload", { applied, needsRestart });
    return c.json({ applied, needsRestart }, 200);
  });
}
