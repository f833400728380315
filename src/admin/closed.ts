// The sessions that ended lately, and why.

import { createRoute, z } from "@hono/zod-openapi";
import { contains, parseNetwork } from "../base/cidr.ts";
import { CODES } from "../codec/codes.ts";
import type { NodeId } from "../bus/bus.ts";
import { hostOf } from "./address.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { failures } from "./errors.ts";
import { cidr } from "./filter.ts";
import type { ClosedSession } from "./history.ts";
import { json } from "./json.ts";
import { answerOf, pageOf, pageQuery, type Sorting, takePage } from "./page.ts";
import { isoTime } from "./wall_time.ts";

const ClosedView = z.object({
  id: z.string(),
  address: z.string(),
  user: z.string(),
  client: z.string(),
  code: z.int(),
  name: z.string(),
  by: z.enum(["peer", "server", "admin", "network"]),
  message: z.string(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  durationMs: z.int(),
  framesReceived: z.int(),
  framesSent: z.int(),
  bytesReceived: z.int(),
  bytesSent: z.int(),
  queuedBytes: z.int().openapi({ description: "What still waited for it" }),
  rttMs: z.number().nullable(),
}).openapi("ClosedSession");

/** By what they are sorted, in the order over all workers. */
function sortingOf(worker: NodeId): Sorting<ClosedSession> {
  return {
    fields: {
      endedAt: ({ endedAt }) => endedAt,
      createdAt: ({ createdAt }) => createdAt,
      durationMs: durationOf,
      code: ({ code }) => code,
      framesReceived: ({ framesReceived }) => framesReceived,
      framesSent: ({ framesSent }) => framesSent,
      bytesReceived: ({ bytesReceived }) => bytesReceived,
      bytesSent: ({ bytesSent }) => bytesSent,
      queuedBytes: ({ queuedBytes }) => queuedBytes,
      rttMs: ({ rttMs }) => rttMs ?? -1,
    },
    // Padded, so that it sorts as the numbers do.
    idOf: ({ sequence }) => `${padded(worker, 5)}.${padded(sequence, 16)}`,
  };
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

const CODE_WORDS: ReadonlySet<string> = new Set(
  CODES.flatMap(({ code, name }) => [name, String(code)]),
);

export const closedList = createRoute({
  method: "get",
  path: "/api/v1/closed",
  summary: "The sessions that ended lately, at most the last 10 000",
  request: {
    query: z.strictObject({
      user: z.string().optional(),
      address: cidr.optional(),
      code: z.string().refine(
        (word) => CODE_WORDS.has(word),
        "Must be the name or number of a code",
      )
        .optional()
        .openapi({ example: "slow_consumer" }),
      ...pageQuery(sortingOf(0), "-endedAt"),
    }),
  },
  responses: {
    200: json(pageOf(ClosedView), "A page of them"),
    ...failures("invalid"),
  },
});

/** Adds the list of closed sessions. */
export function addClosed(app: AdminApp, { history: { closed }, worker }: NodeContext): void {
  app.openapi(closedList, (c) => {
    const { user, address, code, ...wish } = c.req.valid("query");
    const network = address === undefined ? undefined : parseNetwork(address)!;
    const page = takePage<ClosedSession>(
      (visit) => {
        for (let i = 0; i < closed.length; i++) {
          const item = closed.at(i)!;
          if (user !== undefined && item.user !== user) continue;
          if (code !== undefined && item.name !== code && String(item.code) !== code) continue;
          if (network !== undefined && !contains(network, hostOf(item.address))) continue;
          visit(item);
        }
      },
      sortingOf(worker),
      wish,
    );
    return c.json(answerOf(page, closedViewOf, c.env), 200);
  });
}

function closedViewOf(item: ClosedSession): z.infer<typeof ClosedView> {
  const { sequence: _, ...rest } = item;
  return {
    ...rest,
    createdAt: isoTime(item.createdAt),
    endedAt: isoTime(item.endedAt),
    durationMs: durationOf(item),
  };
}

function durationOf({ createdAt, endedAt }: ClosedSession): number {
  return endedAt - createdAt;
}
