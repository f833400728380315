// The server as a whole: what it is, how it is doing, what it counted, and what bounds it.

import { createRoute, z } from "@hono/zod-openapi";
import { FRAME_TYPE_NAMES } from "../codec/frame.ts";
import type { FramesByType } from "../observe/counters.ts";
import type { AdminApp, AdminContext } from "./context.ts";
import { json } from "./json.ts";
import { isoTime, wallTime } from "./wall_time.ts";

const counts = z.record(z.string(), z.int());

const ServerStatus = z.object({
  version: z.string(),
  commit: z.string(),
  target: z.string(),
  runtime: z.string(),
  node: z.string(),
  state: z.enum(["starting", "running", "draining"]),
  listening: z.object({ host: z.string(), port: z.int() }).nullable(),
  startedAt: z.iso.datetime(),
  uptimeMs: z.int(),
  sessions: z.object({
    total: z.int(),
    connecting: z.int(),
    active: z.int(),
    idle: z.int(),
    waiting: z.int().openapi({ description: "For their clients to come back; not in total" }),
  }),
  counts: z.object({
    accepted: z.int(),
    resumed: z.int(),
    probes: z.int(),
    refused: counts,
    closed: counts.openapi({
      description: "By code and who ended it",
      example: { "stale,server": 2 },
    }),
    errors: counts,
    limits: counts,
    framesReceived: counts,
    framesSent: counts,
    bytesReceived: z.int(),
    bytesSent: z.int(),
    heartbeatsMissed: z.int(),
  }).openapi({ description: "Since the start" }),
  memory: z.object({
    residentBytes: z.int(),
    outboundBytes: z.int(),
    outboundBudgetBytes: z.int(),
    inboundBytes: z.int(),
    inboundBudgetBytes: z.int(),
  }),
  descriptors: z.object({ open: z.int().nullable(), max: z.int().nullable() }),
  eventLoopLagMs: z.number(),
  headroom: z.int().openapi({ description: "How many more sessions fit" }),
  limits: z.record(z.string(), z.number()),
}).openapi("Server");

const route = createRoute({
  method: "get",
  path: "/api/v1/server",
  summary: "What this server is, how it is doing, and what bounds it",
  responses: { 200: json(ServerStatus, "All of it") },
});

/** Adds the state of the server. */
export function addServerStatus(app: AdminApp, context: AdminContext): void {
  app.openapi(route, (c) => c.json(statusOf(context), 200));
}

function statusOf(context: AdminContext): z.infer<typeof ServerStatus> {
  const { server, clock, about, vitals, listening } = context;
  const { held, counters } = server;
  const { residentBytes, openDescriptors, maxDescriptors } = vitals.usage();
  const address = listening();
  return {
    ...about,
    node: server.node,
    state: server.isDraining ? "draining" : address === undefined ? "starting" : "running",
    listening: address ?? null,
    startedAt: isoTime(wallTime(clock, vitals.startedAt)),
    uptimeMs: Math.round(clock.now() - vitals.startedAt),
    sessions: {
      total: server.registry.size,
      ...sessionsByState(context),
      waiting: server.waiting.registry.size,
    },
    counts: {
      accepted: counters.accepted,
      resumed: counters.resumed,
      probes: counters.probes,
      refused: Object.fromEntries(counters.refused),
      closed: Object.fromEntries(counters.closed),
      errors: Object.fromEntries(counters.errors),
      limits: Object.fromEntries(counters.limitHits),
      framesReceived: byTypeName(counters.framesReceived),
      framesSent: byTypeName(counters.framesSent),
      bytesReceived: counters.bytesReceived,
      bytesSent: counters.bytesSent,
      heartbeatsMissed: counters.heartbeatsMissed,
    },
    memory: {
      residentBytes,
      outboundBytes: held.outbound,
      outboundBudgetBytes: Math.floor(vitals.outboundBudgetBytes),
      inboundBytes: held.inbound,
      inboundBudgetBytes: Math.floor(vitals.inboundBudgetBytes),
    },
    descriptors: { open: openDescriptors, max: maxDescriptors },
    eventLoopLagMs: vitals.lagMs,
    headroom: vitals.headroom,
    limits: server.limits,
  };
}

/** How many live sessions are in each state, counted now. */
export function sessionsByState(
  { server }: Pick<AdminContext, "server">,
): { connecting: number; active: number; idle: number } {
  const sums = { connecting: 0, active: 0, idle: 0 };
  server.registry.forEach(({ state }) => {
    if (state === "connecting" || state === "active" || state === "idle") sums[state]++;
  });
  return sums;
}

/** Each type of frame with its count. */
export function byTypeName(frames: FramesByType): Record<string, number> {
  return Object.fromEntries(
    Object.entries(FRAME_TYPE_NAMES).map(([type, name]) => [name, frames[Number(type)]!]),
  );
}
