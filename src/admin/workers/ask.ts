// Passes a request on to workers, and says what their answers are as an answer to it.

import type { RouteConfig } from "@hono/zod-openapi";
import type { Context } from "hono";
import { decodeText, encodeText } from "../../base/text.ts";
import type { NodeId } from "../../bus/bus.ts";
import { seal, unseal } from "../../bus/envelope.ts";
import { BUS_DEADLINE_MS } from "../../limits/bus.ts";
import type { AdminEnv } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Front } from "./front.ts";
import { type PassedBack, type PassedOn, ROUTES } from "./subjects.ts";

/** A request, and the front that it came to. */
export interface Asking {
  readonly front: Front;
  readonly route: RouteConfig;
  readonly c: Context<AdminEnv>;
}

/** What one worker answered: a status, and a body that is JSON. */
export interface Answer {
  readonly from: NodeId;
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** Has `to`, or every worker, answer the request. Who does not answer in time is left out. */
export async function ask(
  { front: { bus }, route, c }: Asking,
  to: NodeId | "all",
  deadlineMs: number = BUS_DEADLINE_MS,
): Promise<Answer[]> {
  const { pathname, search } = new URL(c.req.url);
  const passedOn: PassedOn = {
    // Also where it came as HEAD.
    method: route.method.toUpperCase(),
    path: `${pathname}${search}`,
    who: c.get("who"),
    peer: c.env.peer,
    nodes: to === "all" ? bus.others.size : 1,
  };
  const body = route.method === "get" ? "" : await c.req.text();
  const replies = await bus.request(ROUTES, seal(passedOn, encodeText(body)), to, deadlineMs);
  return replies.map(({ from, message }) => {
    const { status, bytes } = unseal<PassedBack>(message);
    return { from, status, bytes };
  });
}

/**
 * Has every worker do what is asked: their answers, or the first one that says it could not be done.
 *
 * @throws {ApiError} If nobody answers.
 */
export async function askAll(asking: Asking): Promise<Answer[] | Response> {
  const answers = await ask(asking, "all");
  if (answers.length === 0) throw nobody();
  const refusal = answers.find(({ status }) => status >= 400);
  return refusal === undefined ? answers : asResponse(refusal);
}

/** What is said where nobody answers. */
export function nobody(): ApiError {
  return new ApiError("unavailable", "No worker answers");
}

/** The body of an answer that went well. */
export function bodyOf<Body>({ bytes }: Answer): Body {
  return JSON.parse(decodeText(bytes) ?? "null") as Body;
}

/** An answer of one worker as it stands. */
export function asResponse(
  { status, bytes }: Answer,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(new Uint8Array(bytes), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The header that names the workers of whom there is no answer. */
export function missingFrom(
  answers: readonly { readonly from: NodeId }[],
  { workers }: Front,
): Record<string, string> {
  const missing = workers().map(({ node }) => node)
    .filter((node) => answers.every(({ from }) => from !== node));
  return missing.length === 0 ? {} : { "x-workers-missing": missing.join(", ") };
}
