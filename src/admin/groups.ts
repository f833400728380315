// Groups: which there are, and who is in them.

import { createRoute, z } from "@hono/zod-openapi";
import { GROUPS_PER_SESSION_MAX } from "../limits/messaging.ts";
import { audit } from "./audit.ts";
import type { AdminApp, AdminContext } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { GroupName } from "./group_name.ts";
import { json } from "./json.ts";
import { pageOf, pageQuery, type Sorting, takePage } from "./page.ts";

const GroupView = z.object({ name: z.string(), sessions: z.int() }).openapi("Group");

type GroupView = z.infer<typeof GroupView>;

const SORTING: Sorting<GroupView> = {
  fields: { sessions: ({ sessions }) => sessions },
  idOf: ({ name }) => name,
};

const Membership = GroupName.extend({ id: z.string() });

const Changed = z.object({ result: z.enum(["joined", "left"]) });

const list = createRoute({
  method: "get",
  path: "/api/v1/groups",
  summary: "The groups that have a session, largest first",
  request: { query: z.strictObject(pageQuery(SORTING, "-sessions")) },
  responses: { 200: json(pageOf(GroupView), "A page of them"), ...failures("invalid") },
});

const join = createRoute({
  method: "put",
  path: "/api/v1/groups/{name}/sessions/{id}",
  summary: "Put a session into a group",
  request: { params: Membership },
  responses: {
    200: json(Changed, "It is in"),
    ...failures("invalid", "not_found", "conflict"),
  },
});

const leave = createRoute({
  method: "delete",
  path: "/api/v1/groups/{name}/sessions/{id}",
  summary: "Take a session out of a group",
  request: { params: Membership },
  responses: { 200: json(Changed, "It is out"), ...failures("invalid", "not_found") },
});

/** Adds the list of groups, and going in and out. */
export function addGroups(app: AdminApp, context: AdminContext): void {
  const { groups } = context.app;
  app.openapi(list, (c) => {
    const page = takePage<GroupView>(
      (visit) => {
        for (const name of groups.names) visit({ name, sessions: groups.members(name).size });
      },
      SORTING,
      c.req.valid("query"),
    );
    return c.json(page, 200);
  });
  app.openapi(join, (c) => {
    const { name, id } = c.req.valid("param");
    if (!openSession(context, id).join(name)) {
      const message = `The session is in ${GROUPS_PER_SESSION_MAX} groups, which is the most`;
      throw new ApiError("conflict", message);
    }
    audit(context, c, "join", { session: id, group: name });
    return c.json({ result: "joined" as const }, 200);
  });
  app.openapi(leave, (c) => {
    const { name, id } = c.req.valid("param");
    if (!openSession(context, id).leave(name)) {
      throw new ApiError("not_found", "The session is not in this group");
    }
    audit(context, c, "leave", { session: id, group: name });
    return c.json({ result: "left" as const }, 200);
  });
}

function openSession({ app }: AdminContext, id: string) {
  const session = app.session(id);
  if (session !== undefined) return session;
  throw new ApiError("not_found", `No open session has the id ${JSON.stringify(id)}`);
}
