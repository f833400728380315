// What happened to one user lately: each connect, lost connection, resume and end, in order of time.

import { createRoute, z } from "@hono/zod-openapi";
import { hostPort } from "../base/host_port.ts";
import type { Ring } from "../base/ring.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { json } from "./json.ts";
import { forEachSession } from "./live.ts";
import { isoTime } from "./wall_time.ts";

const TimelineEntry = z.object({
  at: z.iso.datetime(),
  event: z.enum(["connected", "waiting", "resumed", "ended"]),
  session: z.string(),
  address: z.string(),
  client: z.string(),
  message: z.string().optional().openapi({ description: "Why it lost its connection" }),
  ended: z.object({
    code: z.int(),
    name: z.string(),
    by: z.string(),
    message: z.string(),
    durationMs: z.int(),
    queuedBytes: z.int(),
    rttMs: z.number().nullable(),
  }).optional().openapi({ description: "Why and how, where it ended" }),
}).openapi("TimelineEntry");

type TimelineEntry = z.infer<typeof TimelineEntry>;

export const timeline = createRoute({
  method: "get",
  path: "/api/v1/users/{user}/timeline",
  summary: "What happened to a user, oldest first",
  description:
    "Made of the live sessions, and of what is remembered of all users: the last 10 000 ends.",
  request: { params: z.object({ user: z.string() }) },
  responses: { 200: json(z.object({ items: z.array(TimelineEntry) }), "The timeline") },
});

/** Adds the timeline of a user. */
export function addTimeline(app: AdminApp, context: NodeContext): void {
  app.openapi(timeline, (c) => {
    const { user } = c.req.valid("param");
    // Sorting keeps this order where times are the same.
    const items = [...connects(context, user), ...moves(context, user), ...ends(context, user)];
    items.sort(byTime);
    return c.json({ items }, 200);
  });
}

/** The order of a timeline. */
export function byTime(a: { readonly at: string }, b: { readonly at: string }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}

function connects({ server, wall, history }: NodeContext, user: string): TimelineEntry[] {
  const entries = ofUser(history.closed, user).map(({ createdAt, id, address, client }) => (
    { at: isoTime(createdAt), event: "connected" as const, session: id, address, client }
  ));
  forEachSession(server, (session) => {
    if (session.user !== user) return;
    entries.push({
      at: isoTime(wall(session.createdAt)),
      event: "connected",
      session: session.id,
      address: hostPort(session.peer),
      client: session.client,
    });
  });
  return entries;
}

function moves({ history }: NodeContext, user: string): TimelineEntry[] {
  return ofUser(history.moves, user).map(({ at, event, session, address, client, message }) => (
    { at: isoTime(at), event, session, address, client, ...(message === "" ? {} : { message }) }
  ));
}

function ends({ history }: NodeContext, user: string): TimelineEntry[] {
  return ofUser(history.closed, user).map((item) => {
    const { createdAt, endedAt, id, address, client } = item;
    const { code, name, by, message, queuedBytes, rttMs } = item;
    const durationMs = endedAt - createdAt;
    return {
      at: isoTime(endedAt),
      event: "ended",
      session: id,
      address,
      client,
      ended: { code, name, by, message, durationMs, queuedBytes, rttMs },
    };
  });
}

/** What of `ring` is about a user. */
function ofUser<T extends { readonly user: string }>(ring: Ring<T>, user: string): T[] {
  const found: T[] = [];
  for (let i = 0; i < ring.length; i++) {
    const item = ring.at(i)!;
    if (item.user === user) found.push(item);
  }
  return found;
}
