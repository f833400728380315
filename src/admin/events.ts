// Server-sent events: what happens, as it happens.

import { createRoute } from "@hono/zod-openapi";
import type { AdminApp, Whole } from "./context.ts";
import { errorResponse, failures } from "./errors.ts";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Asks nginx, which is what stands before most servers, not to collect events into buffers.
  "x-accel-buffering": "no",
};

const route = createRoute({
  method: "get",
  path: "/api/v1/events",
  summary: "Server-sent events: connected, waiting, resumed, ended, slow, limit",
  description: 'A listener that reads too slowly loses events, and is told how many by "dropped".',
  responses: {
    200: { description: "Events until somebody hangs up", content: { "text/event-stream": {} } },
    ...failures("throttled"),
  },
});

/** Adds the stream of events. */
export function addEvents(app: AdminApp, { events }: Whole): void {
  app.openapi(route, () => {
    const stream = events.listen();
    if (stream === undefined) {
      return errorResponse("throttled", "Too many listen to events already");
    }
    return new Response(stream, { headers: HEADERS });
  });
}
