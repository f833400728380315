// What happened to one user lately: each connect, lost connection, resume and end, in order of time.

import { createRoute, z } from "@hono/zod-openapi";
import { addressOf } from "./address.ts";
import type { AdminApp, AdminContext } from "./context.ts";
import { json } from "./json.ts";
import { forEachSession } from "./live.ts";
import { isoTime, wallTime } from "./wall_time.ts";

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

const route = createRoute({
  method: "get",
  path: "/api/v1/users/{user}/timeline",
  summary: "What happened to a user, oldest first",
  description:
    "Made of the live sessions, and of what is remembered of all users: the last 10 000 ends.",
  request: { params: z.object({ user: z.string() }) },
  responses: { 200: json(z.object({ items: z.array(TimelineEntry) }), "The timeline") },
});

/** Adds the timeline of a user. */
export function addTimeline(app: AdminApp, context: AdminContext): void {
  app.openapi(route, (c) => {
    const { user } = c.req.valid("param");
    const items = [...ofEnded(context, user), ...ofLive(context, user), ...between(context, user)];
    // Times of one form sort as texts do, and sorting keeps the order of equal ones.
    items.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
    return c.json({ items }, 200);
  });
}

function ofEnded({ history: { closed } }: AdminContext, user: string): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (let i = 0; i < closed.length; i++) {
    const item = closed.at(i)!;
    if (item.user !== user) continue;
    const { address, client, code, name, by, message, queuedBytes, rttMs } = item;
    const session = { session: item.id, address, client };
    const durationMs = item.endedAt - item.createdAt;
    entries.push({ at: isoTime(item.createdAt), event: "connected", ...session }, {
      at: isoTime(item.endedAt),
      event: "ended",
      ...session,
      ended: { code, name, by, message, durationMs, queuedBytes, rttMs },
    });
  }
  return entries;
}

function between({ history: { moves } }: AdminContext, user: string): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (let i = 0; i < moves.length; i++) {
    const { at, event, session, user: whose, address, client, message } = moves.at(i)!;
    if (whose !== user) continue;
    const why = message === "" ? {} : { message };
    entries.push({ at: isoTime(at), event, session, address, client, ...why });
  }
  return entries;
}

function ofLive({ server, clock }: AdminContext, user: string): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  forEachSession(server, (session) => {
    if (session.user !== user) return;
    entries.push({
      at: isoTime(wallTime(clock, session.createdAt)),
      event: "connected",
      session: session.id,
      address: addressOf(session.peer),
      client: session.client,
    });
  });
  return entries;
}
