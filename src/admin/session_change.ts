// What may be changed of a live session: whose it is, its tags, and what is kept with it.

import { createRoute, z } from "@hono/zod-openapi";
import { TAG_CHARS_MAX, TAGS_MAX, USER_CHARS_MAX } from "../limits/wire.ts";
import type { Session } from "../session/session.ts";
import { audit } from "./audit.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { json, jsonBody } from "./json.ts";
import { SessionView, viewOf } from "./session_view.ts";
import { SessionId, sessionOf } from "./sessions.ts";

const tag = z.string().max(TAG_CHARS_MAX);

export const sessionChange = createRoute({
  method: "patch",
  path: "/api/v1/sessions/{id}",
  summary: "Set the user, the tags or the data of a session",
  description:
    "Tags and data are replaced as a whole. The limit of sessions per user holds here too.",
  request: {
    params: SessionId,
    body: jsonBody(z.strictObject({
      user: z.string().max(USER_CHARS_MAX).optional(),
      tags: z.record(tag, tag)
        .refine((tags) => Object.keys(tags).length <= TAGS_MAX, `At most ${TAGS_MAX} tags`)
        .optional(),
      data: z.record(z.string(), z.unknown()).optional(),
    })),
  },
  responses: {
    200: json(SessionView, "The session as it is now"),
    ...failures("invalid", "not_found", "conflict"),
  },
});

/** Adds the change of a session. */
export function addSessionChange(app: AdminApp, context: NodeContext): void {
  app.openapi(sessionChange, (c) => {
    const session = sessionOf(context, c.req.valid("param").id);
    const { user, tags, data } = c.req.valid("json");
    if (!session.isReachable) {
      throw new ApiError("conflict", "The session is not past its handshake");
    }
    if (data !== undefined) keepData(context, session, data);
    if (tags !== undefined) session.tags = tags;
    if (user !== undefined && user !== session.user) changeUser(context, session, user);
    context.server.waiting.changed(session);
    const changed = Object.keys(c.req.valid("json")).join(",");
    audit(context, c, "change", { session: session.id, changed, user: session.user });
    return c.json(viewOf(session, context), 200);
  });
}

function keepData(
  { app }: NodeContext,
  session: Session,
  data: Readonly<Record<string, unknown>>,
): void {
  try {
    app.handleOf(session).data = data;
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError("invalid", error.message);
    throw error;
  }
}

function changeUser({ server }: NodeContext, session: Session, user: string): void {
  if (session.user !== "") server.users.remove(session.user, session);
  session.user = user;
  if (user === "") return;
  const stays = server.turn(() => server.admitUser(session));
  if (!stays) {
    throw new ApiError("conflict", "The user has all the sessions it may, so this one ended");
  }
}
