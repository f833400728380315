// The list of bans over HTTP.

import { createRoute, z } from "@hono/zod-openapi";
import { BAN_SECONDS_MAX, BANS_MAX, MESSAGE_CHARS_MAX } from "../limits/admin.ts";
import { USER_CHARS_MAX } from "../limits/wire.ts";
import { audit } from "./audit.ts";
import type { Ban, Bans, BanTarget } from "./bans.ts";
import type { AdminApp, Whole } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { cidr } from "./filter.ts";
import { json, jsonBody } from "./json.ts";
import { isoTime } from "./wall_time.ts";

const PATH = "/api/v1/bans";

/** How long a ban lasts. */
export const banSeconds = z.int().min(1).max(BAN_SECONDS_MAX);

const TARGET = {
  user: z.string().min(1).max(USER_CHARS_MAX).optional(),
  address: cidr.optional(),
};

const BanView = z.object({
  ...TARGET,
  reason: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable().openapi({ description: "Null: until it is taken away" }),
}).openapi("Ban");

const list = createRoute({
  method: "get",
  path: PATH,
  summary: "The bans that hold, oldest first",
  responses: { 200: json(z.object({ items: z.array(BanView) }), "All of them") },
});

const add = createRoute({
  method: "post",
  path: PATH,
  summary: "Keep a user, or an address or network, out",
  description: "Takes the place of an earlier ban of the same target. Ends no session: see kick.",
  request: {
    body: jsonBody(z.strictObject({
      ...TARGET,
      banSeconds: banSeconds.optional().openapi({ description: "Left out: for good" }),
      reason: z.string().max(MESSAGE_CHARS_MAX).default(""),
    })),
  },
  responses: { 200: json(BanView, "The ban"), ...failures("invalid", "conflict") },
});

const remove = createRoute({
  method: "delete",
  path: PATH,
  summary: "Let a user, or an address or network, in again",
  request: { query: z.strictObject(TARGET) },
  responses: {
    200: json(z.object({ result: z.literal("removed") }), "Done"),
    ...failures("invalid", "not_found"),
  },
});

/** Adds the three of them. */
export function addBanRoutes(app: AdminApp, whole: Whole): void {
  const { bans } = whole;
  app.openapi(list, (c) => c.json({ items: bans.list(Date.now()).map(banViewOf) }, 200));
  app.openapi(add, (c) => {
    const { banSeconds, reason, ...rest } = c.req.valid("json");
    const ban = banFor(targetIn(rest), banSeconds, reason);
    addBan(bans, ban);
    audit(whole, c, "ban", { ...ban.target, expiresAt: banViewOf(ban).expiresAt ?? "never" });
    return c.json(banViewOf(ban), 200);
  });
  app.openapi(remove, (c) => {
    const target = targetIn(c.req.valid("query"));
    if (!bans.remove(target)) throw new ApiError("not_found", "Nobody of this name is banned");
    audit(whole, c, "unban", { ...target });
    return c.json({ result: "removed" as const }, 200);
  });
}

/** A ban from now on, for `seconds`, or for good. */
export function banFor(target: BanTarget, seconds: number | undefined, reason: string): Ban {
  const createdAt = Date.now();
  return {
    target,
    reason,
    createdAt,
    expiresAt: seconds === undefined ? Infinity : createdAt + 1000 * seconds,
  };
}

/** @throws {ApiError} If the list is full. */
export function addBan(bans: Bans, ban: Ban): void {
  if (!bans.add(ban)) {
    throw new ApiError("conflict", `There are ${BANS_MAX} bans, which is the most`);
  }
}

function targetIn(
  { user, address }: { user?: string | undefined; address?: string | undefined },
): BanTarget {
  if (user !== undefined && address === undefined) return { user };
  if (address !== undefined && user === undefined) return { address };
  throw new ApiError("invalid", 'Name either "user" or "address"');
}

function banViewOf({ target, reason, createdAt, expiresAt }: Ban): z.infer<typeof BanView> {
  return {
    ...target,
    reason,
    createdAt: isoTime(createdAt),
    expiresAt: expiresAt === Infinity ? null : isoTime(expiresAt),
  };
}
