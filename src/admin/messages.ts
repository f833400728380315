// Reaching clients: a Notification to one session, to a user, to a group, and a Broadcast to everybody who is meant.

import { createRoute, z } from "@hono/zod-openapi";
import { Audience } from "../messaging/audience.ts";
import { audit } from "./audit.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { failures } from "./errors.ts";
import { Filter, matcher } from "./filter.ts";
import { GroupName } from "./group_name.ts";
import { json, jsonBody } from "./json.ts";
import { forEachSession } from "./live.ts";
import { bytesIn, MessageBody, PAYLOAD_FIELDS } from "./payload.ts";
import { SessionId, sessionOf } from "./sessions.ts";

const Delivery = z.object({ result: z.enum(["queued", "slow", "gone"]) }).openapi("Delivery");

const Sent = z.object({ matched: z.int(), queued: z.int(), slow: z.int() })
  .openapi("Sent", { description: "Of those who matched it waits for some; others are behind" });

export const UserName = z.object({ user: z.string().min(1) });

export const sendToSession = createRoute({
  method: "post",
  path: "/api/v1/sessions/{id}/send",
  summary: "Send a Notification to one session",
  request: { params: SessionId, body: jsonBody(MessageBody) },
  responses: {
    200: json(Delivery, "What became of it"),
    ...failures("invalid", "not_found", "too_large"),
  },
});

export const sendToUser = createRoute({
  method: "post",
  path: "/api/v1/users/{user}/send",
  summary: "Send a Notification to all sessions of a user",
  request: { params: UserName, body: jsonBody(MessageBody) },
  responses: { 200: json(Sent, "What became of it"), ...failures("invalid", "too_large") },
});

export const sendToGroup = createRoute({
  method: "post",
  path: "/api/v1/groups/{name}/send",
  summary: "Send a Notification to all sessions of a group",
  request: { params: GroupName, body: jsonBody(MessageBody) },
  responses: { 200: json(Sent, "What became of it"), ...failures("invalid", "too_large") },
});

export const broadcast = createRoute({
  method: "post",
  path: "/api/v1/broadcast",
  summary: "Send a Broadcast to everybody, or to those who match a filter",
  request: {
    body: jsonBody(z.strictObject({
      ...PAYLOAD_FIELDS,
      filter: Filter.optional(),
      except: z.array(z.string()).default([]).openapi({ description: "Ids that are left out" }),
      dryRun: z.boolean().default(false).openapi({ description: "Only count who is meant" }),
    })),
  },
  responses: { 200: json(Sent, "What became of it"), ...failures("invalid", "too_large") },
});

/** Adds the four of them. */
export function addMessages(app: AdminApp, context: NodeContext): void {
  const { app: application } = context;
  app.openapi(sendToSession, (c) => {
    const { id } = c.req.valid("param");
    const body = c.req.valid("json");
    const bytes = bytesIn(body, context);
    const result = application.handleOf(sessionOf(context, id)).send(body.route, bytes);
    audit(context, c, "send", { session: id, bytes: bytes.length, result });
    return c.json({ result }, 200);
  });
  app.openapi(sendToUser, (c) => {
    const { user } = c.req.valid("param");
    const sent = sendTo(context, application.user(user).here, c.req.valid("json"));
    audit(context, c, "send", { user, ...sent });
    return c.json(sent, 200);
  });
  app.openapi(sendToGroup, (c) => {
    const { name } = c.req.valid("param");
    const sent = sendTo(context, application.group(name).here, c.req.valid("json"));
    audit(context, c, "send", { group: name, ...sent });
    return c.json(sent, 200);
  });
  app.openapi(broadcast, (c) => {
    const { filter, except, dryRun, ...payload } = c.req.valid("json");
    const bytes = bytesIn(payload, context);
    const meant = audienceOf(context, filter ?? {});
    if (dryRun) {
      const matched = meant.sessions({ except }).length;
      return c.json({ matched, queued: 0, slow: 0 }, 200);
    }
    const sent = meant.broadcast(bytes, { except });
    const asked = JSON.stringify(filter ?? {});
    audit(context, c, "broadcast", { filter: asked, bytes: bytes.length, ...sent });
    return c.json(sent, 200);
  });
}

/** The sessions past their handshake that match `filter`. */
function audienceOf({ app, server, clock }: NodeContext, filter: Filter): Audience {
  const matches = matcher(filter, clock.now());
  return new Audience(app, (visit) =>
    forEachSession(server, (session) => {
      if (matches(session)) visit(session);
    }));
}

function sendTo(
  context: NodeContext,
  audience: Audience,
  body: z.output<typeof MessageBody>,
): z.infer<typeof Sent> {
  const bytes = bytesIn(body, context);
  return audience.send(body.route, bytes);
}
