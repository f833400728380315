// A session as the API shows it, and what lists of sessions are sorted by.

import { z } from "@hono/zod-openapi";
import { hostPort } from "../base/host_port.ts";
import type { Session } from "../session/session.ts";
import type { NodeContext } from "./context.ts";
import type { Sorting } from "./page.ts";
import { isoTime, type WallTime } from "./wall_time.ts";

/** One session. */
export const SessionView = z.object({
  id: z.string(),
  address: z.string(),
  user: z.string().openapi({ description: "Empty where the client named none" }),
  state: z.enum(["connecting", "active", "idle", "waiting", "disconnecting", "closed"]),
  client: z.string(),
  worker: z.int(),
  node: z.string(),
  createdAt: z.iso.datetime(),
  lastActivityAt: z.iso.datetime().openapi({ description: "The last application frame" }),
  framesReceived: z.int(),
  framesSent: z.int(),
  bytesReceived: z.int(),
  bytesSent: z.int(),
  requestsRunning: z.int(),
  rttMs: z.number().nullable().openapi({ description: "Smoothed; null before the first Pong" }),
  queuedBytes: z.int(),
  groups: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
  data: z.record(z.string(), z.unknown()).openapi({ description: "What the application keeps" }),
}).openapi("Session");

/** What `SessionView` describes. */
export function viewOf(session: Session, { server, wall, worker }: NodeContext): SessionView {
  return {
    id: session.id,
    address: hostPort(session.peer),
    user: session.user,
    state: session.state,
    client: session.client,
    worker,
    node: server.node,
    createdAt: isoTime(wall(session.createdAt)),
    lastActivityAt: isoTime(wall(session.lastApplicationAt)),
    framesReceived: session.framesReceived,
    framesSent: session.framesSent,
    bytesReceived: session.bytesReceived,
    bytesSent: session.outbound.bytesSent,
    requestsRunning: session.requestsRunning,
    rttMs: roundTripOf(session),
    queuedBytes: session.outbound.bytes,
    groups: [...session.groups ?? []],
    tags: session.tags,
    data: session.data,
  };
}

export type SessionView = z.infer<typeof SessionView>;

/** Every number of a session; what is not known comes before zero. */
export function sessionSorting(wall: WallTime): Sorting<Session> {
  return {
    fields: {
      createdAt: (session) => wall(session.createdAt),
      lastActivityAt: (session) => wall(session.lastApplicationAt),
      framesReceived: (session) => session.framesReceived,
      framesSent: (session) => session.framesSent,
      bytesReceived: (session) => session.bytesReceived,
      bytesSent: (session) => session.outbound.bytesSent,
      requestsRunning: (session) => session.requestsRunning,
      rttMs: (session) => roundTripOf(session) ?? -1,
      queuedBytes: (session) => session.outbound.bytes,
    },
    idOf: (session) => session.id,
  };
}

/** Its smoothed round-trip time in milliseconds, to two places; null before the first Pong. */
export function roundTripOf({ heartbeat: { roundTrip } }: Session): number | null {
  return roundTrip === null ? null : Math.round(100 * roundTrip.smoothed) / 100;
}
