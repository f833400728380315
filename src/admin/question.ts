// Asking a client over HTTP, and waiting for its answer.

import { createRoute, z } from "@hono/zod-openapi";
import { ASK_MS_MAX } from "../limits/admin.ts";
import { RequestError } from "../codec/request_error.ts";
import { audit } from "./audit.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { ApiError, failures } from "./errors.ts";
import { json, jsonBody } from "./json.ts";
import {
  bytesIn,
  PAYLOAD_FIELDS,
  PayloadView,
  payloadView,
  route as routeName,
} from "./payload.ts";
import { SessionId, sessionOf } from "./sessions.ts";

export const question = createRoute({
  method: "post",
  path: "/api/v1/sessions/{id}/request",
  summary: "Ask a client, and wait for its answer",
  request: {
    params: SessionId,
    body: jsonBody(z.strictObject({
      route: routeName,
      ...PAYLOAD_FIELDS,
      timeoutMs: z.int().min(1).max(ASK_MS_MAX).optional()
        .openapi({ description: "limits.request_timeout unless given" }),
    })),
  },
  responses: {
    200: json(PayloadView, "What it answered"),
    ...failures("invalid", "not_found", "conflict", "too_large", "throttled"),
    ...failures("client_failed", "timeout"),
  },
});

/** Adds it. */
export function addQuestion(app: AdminApp, context: NodeContext): void {
  app.openapi(question, async (c) => {
    const { id } = c.req.valid("param");
    const { timeoutMs, ...payload } = c.req.valid("json");
    const bytes = bytesIn(payload, context);
    const session = context.app.handleOf(sessionOf(context, id));
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const fields = { session: id, route: payload.route, bytes: bytes.length };
    try {
      const answer = await session.request(payload.route, bytes, options);
      audit(context, c, "request", { ...fields, result: "answered" });
      return c.json(payloadView(answer), 200);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      audit(context, c, "request", { ...fields, result: error.name });
      throw asApiError(error);
    }
  });
}

function asApiError({ code, name, message }: RequestError): ApiError {
  switch (name) {
    case "handler_timeout":
      return new ApiError("timeout", "The client did not answer in time");
    case "cancelled":
      return new ApiError("conflict", "The session ended before it answered");
    case "too_many_in_flight":
      return new ApiError("throttled", "Too many questions wait for this client");
    default:
      return new ApiError("client_failed", `The client answered ${code} (${name}): ${message}`);
  }
}
