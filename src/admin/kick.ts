// Ending sessions from outside: one, with what it is told, and a ban where that is wanted.

import { createRoute, z } from "@hono/zod-openapi";
import { BAN_SECONDS_MAX, MESSAGE_CHARS_MAX } from "../limits/admin.ts";
import { disconnect } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import { audit } from "./audit.ts";
import { addBan, banFor } from "./ban_routes.ts";
import type { AdminApp, AdminContext } from "./context.ts";
import { failures } from "./errors.ts";
import { json, jsonBody } from "./json.ts";
import { SessionId, sessionOf } from "./sessions.ts";

/** What a kick may say besides that it is one. */
export const KickOptions = z.strictObject({
  message: z.string().max(MESSAGE_CHARS_MAX).default("Ended by an administrator")
    .openapi({ description: "What the client is told" }),
  banSeconds: z.int().min(1).max(BAN_SECONDS_MAX).optional()
    .openapi({ description: "Keep its user out for this long; its address where it has none" }),
}).openapi("Kick");

export type KickOptions = z.output<typeof KickOptions>;

const route = createRoute({
  method: "delete",
  path: "/api/v1/sessions/{id}",
  summary: "Kick one session",
  request: { params: SessionId, body: jsonBody(KickOptions) },
  responses: {
    200: json(z.object({ result: z.literal("kicked") }), "It ended"),
    ...failures("invalid", "not_found", "conflict"),
  },
});

/** Adds the kick of one session. */
export function addKick(app: AdminApp, context: AdminContext): void {
  app.openapi(route, (c) => {
    const session = sessionOf(context, c.req.valid("param").id);
    const options = c.req.valid("json");
    const { id, user } = session;
    kick(context, session, options);
    const { message, banSeconds = 0 } = options;
    audit(context, c, "kick", { session: id, user, message, banSeconds });
    return c.json({ result: "kicked" as const }, 200);
  });
}

/** Ends `session`. The ban comes first: a quick client would be back before it. */
export function kick(
  context: AdminContext,
  session: Session,
  { message, banSeconds }: KickOptions,
): void {
  if (banSeconds !== undefined) {
    const { user, peer } = session;
    const target = user === "" ? { address: peer.host } : { user };
    addBan(context, banFor(target, banSeconds, message));
  }
  const { server } = context;
  server.enterTurn();
  try {
    disconnect(session, "kicked", "admin", message);
  } finally {
    server.leaveTurn();
  }
}
