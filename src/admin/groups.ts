// Groups: which there are, and who is in them.

import { createRoute, z } from "@hono/zod-openapi";
import { GROUPS_PER_SESSION_MAX } from "../limits/messaging.ts";
import { GROUPS_TOLD_MAX } from "../limits/admin.ts";
import { audit } from "./audit.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { GroupName } from "./group_name.ts";
import { json } from "./json.ts";
import { answerOf, pageOf, pageQuery, type Sorting, takePage } from "./page.ts";

const GroupView = z.object({ name: z.string(), sessions: z.int() }).openapi("Group");

export type GroupView = z.infer<typeof GroupView>;

/** By what groups are sorted. */
export const GROUP_SORTING: Sorting<GroupView> = {
  fields: { sessions: ({ sessions }) => sessions },
  idOf: ({ name }) => name,
};

const Membership = GroupName.extend({ id: z.string() });

const Changed = z.object({ result: z.enum(["joined", "left"]) });

export const groupList = createRoute({
  method: "get",
  path: "/api/v1/groups",
  summary: "The groups that have a session, largest first",
  request: { query: z.strictObject(pageQuery(GROUP_SORTING, "-sessions")) },
  responses: {
    200: json(pageOf(GroupView), "A page of them"),
    ...failures("invalid", "unavailable"),
  },
});

export const groupJoin = createRoute({
  method: "put",
  path: "/api/v1/groups/{name}/sessions/{id}",
  summary: "Put a session into a group",
  request: { params: Membership },
  responses: {
    200: json(Changed, "It is in"),
    ...failures("invalid", "not_found", "conflict"),
  },
});

export const groupLeave = createRoute({
  method: "delete",
  path: "/api/v1/groups/{name}/sessions/{id}",
  summary: "Take a session out of a group",
  request: { params: Membership },
  responses: { 200: json(Changed, "It is out"), ...failures("invalid", "not_found") },
});

/** Adds the list of groups, and going in and out. */
export function addGroups(app: AdminApp, context: NodeContext): void {
  const { groups } = context.app;
  app.openapi(groupList, (c) => {
    const page = takePage<GroupView>(
      (visit) => {
        for (const name of groups.names) visit({ name, sessions: groups.members(name).size });
      },
      GROUP_SORTING,
      c.req.valid("query"),
    );
    return c.json(answerOf(page, (group) => group, c.env), 200);
  });
  app.openapi(groupJoin, (c) => {
    const { name, id } = c.req.valid("param");
    if (!openSession(context, id).join(name)) {
      const message = `The session is in ${GROUPS_PER_SESSION_MAX} groups, which is the most`;
      throw new ApiError("conflict", message);
    }
    audit(context, c, "join", { session: id, group: name });
    return c.json({ result: "joined" as const }, 200);
  });
  app.openapi(groupLeave, (c) => {
    const { name, id } = c.req.valid("param");
    if (!openSession(context, id).leave(name)) {
      throw new ApiError("not_found", "The session is not in this group");
    }
    audit(context, c, "leave", { session: id, group: name });
    return c.json({ result: "left" as const }, 200);
  });
}

/** Every group of this node with its sessions; null where there are too many to tell. */
export function groupsOf({ app: { groups } }: NodeContext): GroupView[] | null {
  const found: GroupView[] = [];
  for (const name of groups.names) {
    if (found.length === GROUPS_TOLD_MAX) return null;
    found.push({ name, sessions: groups.members(name).size });
  }
  return found;
}

function openSession({ app }: NodeContext, id: string) {
  const session = app.session(id);
  if (session !== undefined) return session;
  throw new ApiError("not_found", `No open session has the id ${JSON.stringify(id)}`);
}
