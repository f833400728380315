// Shutting down over HTTP, as the first SIGTERM does.

import { createRoute, z } from "@hono/zod-openapi";
import { audit } from "./audit.ts";
import type { AdminApp, Whole } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { json, jsonBody } from "./json.ts";

const route = createRoute({
  method: "post",
  path: "/api/v1/drain",
  summary: "Shut down: no new sessions, everybody is told when to come back",
  request: { body: jsonBody(z.strictObject({})) },
  responses: {
    202: json(z.object({ sessions: z.int() }), "It has begun, with so many sessions"),
    ...failures("invalid", "conflict"),
  },
});

/** Adds the shutdown. */
export function addDrain(app: AdminApp, whole: Whole): void {
  app.openapi(route, async (c) => {
    const reports = await whole.reports();
    if (whole.isDraining()) throw new ApiError("conflict", "The server drains already");
    const sessions = reports.reduce((sum, { sums }) => sum + sums.sessions.total, 0);
    audit(whole, c, "drain", { sessions });
    whole.drain();
    return c.json({ sessions }, 202);
  });
}
