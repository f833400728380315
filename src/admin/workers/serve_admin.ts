// A worker's part of the admin API and the metrics: it answers over the bus what the front asks, and has no port.

import { OpenAPIHono } from "@hono/zod-openapi";
import { decodeText } from "../../base/text.ts";
import { type Bus, type Message, type NodeId, SUPERVISOR } from "../../bus/bus.ts";
import { seal, unseal } from "../../bus/envelope.ts";
import type { AdminApp, AdminEnv, NodeContext } from "../context.ts";
import { errorResponse, onError, onInvalid } from "../errors.ts";
import { groupsOf } from "../groups.ts";
import { sampled } from "../metric_family.ts";
import { reportOf } from "../node_report.ts";
import { addNodeRoutes } from "../node_routes.ts";
import { serverMetrics } from "../server_metrics.ts";
import { shareBans } from "./bans.ts";
import { forwardEvents } from "./events.ts";
import type { WorkerMetrics } from "./metrics.ts";
import { GROUPS, METRICS, type PassedOn, REPORT, ROUTES } from "./subjects.ts";

/**
 * Serves all of it. Resolves once the supervisor is there and this worker knows whom it banned, so that the worker may
 * listen; the returned function ends it.
 */
export async function serveAdmin(bus: Bus, context: NodeContext): Promise<() => void> {
  const app = nodeApp(context);
  const families = serverMetrics(context);
  const startedAt = context.wall(context.vitals.startedAt);
  const ends = [
    bus.serve(ROUTES, (message) => answer(app, message)),
    bus.serve(REPORT, () => seal(reportOf(context))),
    bus.serve(GROUPS, () => seal({ groups: groupsOf(context) })),
    bus.serve(
      METRICS,
      () => seal({ startedAt, families: families.map(sampled) } satisfies WorkerMetrics),
    ),
  ];
  await arrival(bus, SUPERVISOR);
  ends.push(await shareBans(bus, context.bans), await forwardEvents(bus, context));
  return () => {
    for (const end of ends) end();
  };
}

/** The routes alone: who may ask, and what a body may be, the front has seen to. */
function nodeApp(context: NodeContext): AdminApp {
  const app: AdminApp = new OpenAPIHono<AdminEnv>({ defaultHook: onInvalid });
  app.onError(onError(context.log));
  app.notFound(() => errorResponse("not_found", "There is nothing at this path for this method"));
  app.use(async (c, next) => {
    c.set("who", c.env.passedOn?.who ?? "");
    await next();
  });
  addNodeRoutes(app, context);
  return app;
}

async function answer(app: AdminApp, message: Message): Promise<Message> {
  const { method, path, peer, who, nodes, bytes } = unseal<PassedOn>(message);
  const headers = { "content-type": "application/json" };
  const body = bytes.length === 0 ? {} : { body: decodeText(bytes) ?? "" };
  const request = new Request(`http://worker${path}`, { method, headers, ...body });
  const response = await app.fetch(request, { peer, passedOn: { who, nodes } });
  return seal({ status: response.status }, new Uint8Array(await response.arrayBuffer()));
}

/** Resolves once `node` is there. */
function arrival(bus: Bus, node: NodeId): Promise<void> {
  if (bus.others.has(node)) return Promise.resolve();
  return new Promise((resolve) => {
    const unlisten = bus.onNode((other, change) => {
      if (other !== node || change !== "joined") return;
      unlisten();
      resolve();
    });
  });
}
