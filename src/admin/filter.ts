// Which sessions are meant: the filter of lists, kicks and broadcasts, and the same one for a query and for a body.

import { z } from "@hono/zod-openapi";
import { contains, parseNetwork } from "../base/cidr.ts";
import type { Session } from "../session/session.ts";

const TAG = "tag.";

/** Milliseconds in each unit. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const duration = z.union([z.number().min(0), z.string().regex(/^\d{1,12}(ms|s|m|h)?$/)], {
  error: 'Must be milliseconds, or a text like "90s", "5m", "1h"',
}).transform(milliseconds).openapi({ type: "string", example: "5m" });

const byteCount = z.union([z.int().min(0), z.string().regex(/^\d{1,15}$/)], {
  error: "Must be a number of bytes",
}).transform(Number).openapi({ type: "integer", minimum: 0 });

/** An address or a network. */
export const cidr = z.string().refine((text) => parseNetwork(text) !== undefined, {
  error: 'Must be an address or a network like "10.0.0.0/8"',
}).openapi({ example: "10.0.0.0/8" });

/** The fields of a filter; tags come on top. */
export const FILTER_FIELDS = {
  user: z.string().optional(),
  group: z.string().optional(),
  address: cidr.optional(),
  client: z.string().optional()
    .openapi({ description: "Product and version, or the product alone", example: "app/1.2" }),
  state: z.enum(["connecting", "active", "idle", "waiting"]).optional(),
  idle_over: duration.optional()
    .openapi({ description: "Time without an application frame" }),
  rtt_over: duration.optional(),
  queued_over: byteCount.optional(),
};

/** A schema with these fields that takes tags too, and nothing else. */
export function withTags<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.object(fields).catchall(z.string()).superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(fields, key) || key.startsWith(TAG)) continue;
      const message = `Unknown key ${JSON.stringify(key)}`;
      context.addIssue({ code: "unrecognized_keys", keys: [key], input: value, message });
    }
  });
}

/** A filter in a body. */
export const Filter = withTags(FILTER_FIELDS).openapi("Filter", {
  description: 'All of it must hold. A tag is asked for by its name, as in "tag.region": "eu".',
});

export type Filter =
  & Readonly<Record<string, unknown>>
  & {
    readonly [Field in keyof typeof FILTER_FIELDS]?: z.output<(typeof FILTER_FIELDS)[Field]>;
  };

/** Whether a session is meant, at the moment `now` of the server's clock. */
export function matcher(filter: Filter, now: number): (session: Session) => boolean {
  const { user, group, address, client, state, idle_over, rtt_over, queued_over } = filter;
  const tests: ((session: Session) => boolean)[] = [];
  if (user !== undefined) tests.push((session) => session.user === user);
  if (group !== undefined) tests.push(({ groups }) => groups?.has(group) === true);
  if (address !== undefined) {
    const network = parseNetwork(address)!;
    tests.push(({ peer }) => contains(network, peer.host));
  }
  if (client !== undefined) {
    tests.push((session) => session.client === client || session.client.startsWith(`${client}/`));
  }
  if (state !== undefined) tests.push((session) => session.state === state);
  if (idle_over !== undefined) {
    tests.push((session) => now - session.lastApplicationAt > idle_over);
  }
  if (rtt_over !== undefined) {
    tests.push(({ heartbeat }) => (heartbeat.roundTrip?.smoothed ?? -1) > rtt_over);
  }
  if (queued_over !== undefined) tests.push(({ outbound }) => outbound.bytes > queued_over);
  for (const [key, value] of Object.entries(filter)) {
    if (!key.startsWith(TAG)) continue;
    const name = key.slice(TAG.length);
    tests.push(({ tags }) => tags[name] === value);
  }
  return (session) => tests.every((test) => test(session));
}

function milliseconds(text: number | string): number {
  if (typeof text === "number") return text;
  const [, amount, unit = "ms"] = /^(\d+)(\w*)$/.exec(text)!;
  return Number(amount) * UNITS[unit === "" ? "ms" : unit]!;
}
