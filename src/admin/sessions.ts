// The live sessions: listed, and one of them.

import { createRoute, z } from "@hono/zod-openapi";
import type { Session } from "../session/session.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { FILTER_FIELDS, matcher, withTags } from "./filter.ts";
import { json } from "./json.ts";
import { findSession, forEachSession } from "./live.ts";
import { answerOf, pageOf, pageQuery, takePage } from "./page.ts";
import { sessionSorting, SessionView, viewOf } from "./session_view.ts";

export const SessionId = z.object({ id: z.string() });

export const sessionList = createRoute({
  method: "get",
  path: "/api/v1/sessions",
  summary: "The live sessions that match a filter",
  description: 'Besides the parameters named here it takes tags, as in "tag.region=eu".',
  request: {
    query: withTags({ ...FILTER_FIELDS, ...pageQuery(sessionSorting((at) => at), "createdAt") }),
  },
  responses: {
    200: json(pageOf(SessionView), "A page of them"),
    ...failures("invalid"),
  },
});

export const oneSession = createRoute({
  method: "get",
  path: "/api/v1/sessions/{id}",
  summary: "One live session",
  request: { params: SessionId },
  responses: {
    200: json(SessionView, "The session"),
    ...failures("not_found"),
  },
});

/** Adds the list of sessions, and one of them. */
export function addSessions(app: AdminApp, context: NodeContext): void {
  app.openapi(sessionList, (c) => {
    const { limit, cursor, sort, ...filter } = c.req.valid("query");
    const matches = matcher(filter, context.clock.now());
    const page = takePage<Session>(
      (visit) =>
        forEachSession(context.server, (session) => {
          if (matches(session)) visit(session);
        }),
      sessionSorting(context.wall),
      { limit, cursor, sort },
    );
    return c.json(answerOf(page, (session) => viewOf(session, context), c.env), 200);
  });
  app.openapi(oneSession, (c) => {
    const session = sessionOf(context, c.req.valid("param").id);
    return c.json(viewOf(session, context), 200);
  });
}

/**
 * The live session with this id.
 *
 * @throws {ApiError} If there is none.
 */
export function sessionOf({ server }: NodeContext, id: string): Session {
  const session = findSession(server, id);
  if (session !== undefined) return session;
  throw new ApiError("not_found", `No live session has the id ${JSON.stringify(id)}`);
}
