// The server as a whole: what it is, how it is doing, what it counted, and what bounds it.

import { createRoute, z } from "@hono/zod-openapi";
import { addUp } from "./add_up.ts";
import type { AdminApp, Whole, WorkerState } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { json } from "./json.ts";
import type { NodeReport } from "./node_report.ts";
import { isoTime } from "./wall_time.ts";

const counts = z.record(z.string(), z.int());

const WorkerView = z.object({
  node: z.int(),
  state: z.enum(["starting", "running", "draining", "drained", "silent", "down"])
    .openapi({ description: 'One that is "silent" did not answer, "down" is started again' }),
  sessions: z.int().nullable(),
  eventLoopLagMs: z.number().nullable(),
  restarts: z.int(),
}).openapi("Worker");

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
  }).openapi({ description: "Since the start; what a worker counted that crashed is not in it" }),
  memory: z.object({
    residentBytes: z.int(),
    outboundBytes: z.int(),
    outboundBudgetBytes: z.int(),
    inboundBytes: z.int(),
    inboundBudgetBytes: z.int(),
  }),
  descriptors: z.object({ open: z.int().nullable(), max: z.int().nullable() }),
  eventLoopLagMs: z.number().openapi({ description: "Of the worker where it is longest" }),
  headroom: z.int().openapi({ description: "How many more sessions fit" }),
  limits: z.record(z.string(), z.number()),
  workers: z.array(WorkerView).openapi({ description: "One of number 0 where there are no more" }),
}).openapi("Server");

const route = createRoute({
  method: "get",
  path: "/api/v1/server",
  summary: "What this server is, how it is doing, and what bounds it",
  responses: { 200: json(ServerStatus, "All of it"), ...failures("unavailable") },
});

/** Adds the state of the server. */
export function addServerStatus(app: AdminApp, whole: Whole): void {
  app.openapi(route, async (c) => c.json(statusOf(whole, await whole.reports()), 200));
}

function statusOf(whole: Whole, reports: readonly NodeReport[]): z.infer<typeof ServerStatus> {
  const { about, clock, wall, node, startedAt, isDraining, listening } = whole;
  if (reports.length === 0) throw new ApiError("unavailable", "No worker answers");
  const { residentBytes, openDescriptors, maxDescriptors } = whole.usage();
  const { sessions, counts, held } = addUp(reports.map(({ sums }) => sums));
  const address = listening();
  return {
    ...about,
    node,
    state: isDraining() ? "draining" : address === undefined ? "starting" : "running",
    listening: address ?? null,
    startedAt: isoTime(wall(startedAt)),
    uptimeMs: Math.round(clock.now() - startedAt),
    sessions,
    counts,
    memory: { residentBytes, ...held },
    descriptors: { open: openDescriptors, max: maxDescriptors },
    eventLoopLagMs: Math.max(...reports.map(({ eventLoopLagMs }) => eventLoopLagMs)),
    // Each node looks at what there is for all of them together.
    headroom: Math.min(...reports.map(({ headroom }) => headroom)),
    limits: whole.limits(),
    workers: whole.workers().map((worker) => workerView(whole, worker, reports)),
  };
}

function workerView(
  { isDraining }: Whole,
  { node, isUp, restarts }: WorkerState,
  reports: readonly NodeReport[],
): z.infer<typeof WorkerView> {
  const report = reports.find((report) => report.node === node);
  return {
    node,
    state: report?.state ?? (isUp ? "silent" : isDraining() ? "drained" : "down"),
    sessions: report?.sums.sessions.total ?? null,
    eventLoopLagMs: report?.eventLoopLagMs ?? null,
    restarts,
  };
}
