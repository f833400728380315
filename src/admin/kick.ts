// Ending sessions from outside: one, those of a user, or all that match a filter, at once or at a rate.

import { createRoute, z } from "@hono/zod-openapi";
import {
  BAN_SECONDS_MAX,
  BANS_MAX,
  MESSAGE_CHARS_MAX,
  RETRY_AFTER_MS_CEILING,
} from "../limits/admin.ts";
import type { LogFields } from "../observe/log.ts";
import { disconnect } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import { audit } from "./audit.ts";
import { addBan, banFor } from "./ban_routes.ts";
import type { BanTarget } from "./bans.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { Filter, matcher } from "./filter.ts";
import { json, jsonBody } from "./json.ts";
import { findSession, forEachSession } from "./live.ts";
import { UserName } from "./messages.ts";
import { SessionId, sessionOf } from "./sessions.ts";

const KICK_FIELDS = {
  message: z.string().max(MESSAGE_CHARS_MAX).default("Ended by an administrator")
    .openapi({ description: "What the client is told" }),
  reconnect: z.enum(["yes", "no"]).optional()
    .openapi({ description: "Whether the client shall come back: no, unless it is told when" }),
  retryAfterMs: z.int().min(0).max(RETRY_AFTER_MS_CEILING).optional()
    .openapi({ description: "When" }),
  banSeconds: z.int().min(1).max(BAN_SECONDS_MAX).optional()
    .openapi({ description: "Keep the user out for this long; the address where it has none" }),
};

const KickOptions = z.strictObject(KICK_FIELDS).openapi("Kick");

type KickOptions = z.output<typeof KickOptions>;

const Kicked = z.object({ matched: z.int(), kicked: z.int() }).openapi("Kicked");

export const kickOne = createRoute({
  method: "delete",
  path: "/api/v1/sessions/{id}",
  summary: "Kick one session",
  request: { params: SessionId, body: jsonBody(KickOptions) },
  responses: {
    200: json(z.object({ result: z.literal("kicked") }), "It ended"),
    ...failures("invalid", "not_found", "conflict"),
  },
});

export const kickUser = createRoute({
  method: "delete",
  path: "/api/v1/users/{user}",
  summary: "Kick all sessions of a user; a ban is for the user, also where there is no session",
  request: { params: UserName, body: jsonBody(KickOptions) },
  responses: { 200: json(Kicked, "They ended"), ...failures("invalid", "conflict") },
});

export const kickMany = createRoute({
  method: "post",
  path: "/api/v1/kick",
  summary: "Kick all sessions that match a filter; an empty one means everybody",
  request: {
    body: jsonBody(z.strictObject({
      filter: Filter,
      dryRun: z.boolean().default(false).openapi({ description: "Only count who is meant" }),
      ratePerSecond: z.int().min(1).optional()
        .openapi({ description: "Not all at once: the answer then comes before the kicks" }),
      ...KICK_FIELDS,
    })),
  },
  responses: {
    200: json(Kicked, "They ended"),
    202: json(Kicked, "They will, at the rate"),
    ...failures("invalid", "conflict", "throttled"),
  },
});

/** Adds the three of them. */
export function addKick(app: AdminApp, context: NodeContext): void {
  const { server, clock, pacedKicks } = context;
  app.openapi(kickOne, (c) => {
    const session = sessionOf(context, c.req.valid("param").id);
    const options = c.req.valid("json");
    const { id, user } = session;
    checkRoom(context, options, 1);
    kick(context, session, options);
    audit(context, c, "kick", { session: id, user, ...fieldsOf(options) });
    return c.json({ result: "kicked" as const }, 200);
  });
  app.openapi(kickUser, (c) => {
    const { user } = c.req.valid("param");
    const options = c.req.valid("json");
    const { banSeconds, message } = options;
    if (banSeconds !== undefined) addBan(context.bans, banFor({ user }, banSeconds, message));
    const sessions = [...server.users.get(user)];
    server.turn(() => {
      for (const session of sessions) end(session, options);
    });
    const result = { matched: sessions.length, kicked: sessions.length };
    audit(context, c, "kick", { user, ...fieldsOf(options), ...result });
    return c.json(result, 200);
  });
  app.openapi(kickMany, (c) => {
    const { filter, dryRun, ratePerSecond, ...options } = c.req.valid("json");
    const matches = matcher(filter, clock.now());
    const meant: string[] = [];
    forEachSession(server, (session) => {
      if (matches(session)) meant.push(session.id);
    });
    const matched = meant.length;
    if (dryRun) return c.json({ matched, kicked: 0 }, 200);
    checkRoom(context, options, matched);
    const fields = { filter: JSON.stringify(filter), ...fieldsOf(options), matched };
    const kickById = (id: string) => {
      const session = findSession(server, id);
      if (session !== undefined) kick(context, session, options);
    };
    if (ratePerSecond !== undefined) {
      pacedKicks.start(meant, ratePerSecond / (c.env.passedOn?.nodes ?? 1), kickById);
      audit(context, c, "kick", { ...fields, ratePerSecond });
      return c.json({ matched, kicked: 0 }, 202);
    }
    server.turn(() => meant.forEach(kickById));
    audit(context, c, "kick", fields);
    return c.json({ matched, kicked: matched }, 200);
  });
}

// The ban comes first: a quick client would be back before it. There was room for it when the kick was asked for.
function kick(
  context: NodeContext,
  session: Session,
  options: KickOptions,
): void {
  const { message, banSeconds } = options;
  if (banSeconds !== undefined) context.bans.add(banFor(targetOf(session), banSeconds, message));
  context.server.turn(() => end(session, options));
}

// Whoever is told when to come back is told to come back.
function end(session: Session, { message, reconnect, retryAfterMs }: KickOptions): void {
  const wish = reconnect ?? (retryAfterMs === undefined ? "no" : "yes");
  disconnect(session, "kicked", "admin", message, { reconnect: wish, retryAfterMs });
}

function checkRoom({ bans }: NodeContext, { banSeconds }: KickOptions, wanted: number): void {
  if (banSeconds === undefined || bans.size + wanted <= BANS_MAX) return;
  throw new ApiError("conflict", `There would be more than ${BANS_MAX} bans, which is the most`);
}

// Of IPv6 a /64, which is what one customer has to choose addresses from.
function targetOf({ user, peer: { host } }: Session): BanTarget {
  if (user !== "") return { user };
  return { address: host.includes(":") ? `${host}/64` : host };
}

// What was said of a kick, for the log.
function fieldsOf({ message, reconnect, retryAfterMs, banSeconds }: KickOptions): LogFields {
  return {
    message,
    ...(reconnect === undefined ? {} : { reconnect }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(banSeconds === undefined ? {} : { banSeconds }),
  };
}
