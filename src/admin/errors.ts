// What the admin API answers when it cannot do what was asked: one shape, a closed list of codes, none of our insides.

import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Log } from "../observe/log.ts";
import type { AdminEnv } from "./context.ts";

/** Every code with its status. */
const STATUS = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  throttled: 429,
  internal: 500,
  client_failed: 502,
  unavailable: 503,
  timeout: 504,
} as const;

export type ErrorCode = keyof typeof STATUS;

const CODES = Object.keys(STATUS) as [ErrorCode, ...ErrorCode[]];

/** The body of every error. */
const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.enum(CODES), message: z.string() }),
}).openapi("Error");

/** Why a request failed, to be thrown by whoever finds out. */
export class ApiError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The answer to a request that failed. */
export function errorResponse(
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error: { code, message } }, { status: STATUS[code], headers });
}

/** Turns whatever a handler threw into an answer. What was not foreseen goes to the log, and nowhere else. */
export function onError(log: Log): (error: Error, c: Context<AdminEnv>) => Response {
  return (error, c) => {
    if (error instanceof ApiError) return errorResponse(error.code, error.message);
    if (error instanceof HTTPException && error.status === 400) {
      return errorResponse("invalid", "The body is not JSON");
    }
    log("error", "fault", { path: c.req.path, error: error.stack ?? error.message });
    return errorResponse("internal", "Something failed here; the log says what");
  };
}

/** What zod has to say about a request, for those who wrote the request. */
export function onInvalid(
  result: { success: boolean; target: string; error?: unknown },
): Response | undefined {
  if (result.success) return undefined;
  const { issues } = result.error as z.ZodError;
  const lines = issues.slice(0, 3).map(({ path, message }) => {
    const where = path.join(".");
    return where === "" ? message : `${where}: ${message}`;
  });
  const target = result.target === "json" ? "body" : result.target;
  return errorResponse("invalid", `The ${target} is not what it should be: ${lines.join("; ")}`);
}

/** These errors as a part of what a route may answer. */
export function failures(...codes: readonly ErrorCode[]): Record<number, FailureDoc> {
  return Object.fromEntries(codes.map((code) => [STATUS[code], {
    description: DESCRIPTIONS[code],
    content: { "application/json": { schema: ErrorBody } },
  }]));
}

interface FailureDoc {
  description: string;
  content: { "application/json": { schema: typeof ErrorBody } };
}

const DESCRIPTIONS: Readonly<Record<ErrorCode, string>> = {
  invalid: "Not what it should be",
  unauthorized: "No token, or not the right one",
  forbidden: "Not asked for by one of the names of this API",
  not_found: "Not there",
  conflict: "Not possible in this state",
  too_large: "The body is too large",
  throttled: "Too many wrong tokens, or too many listeners",
  internal: "A fault of the server",
  client_failed: "The client answered with an Error",
  unavailable: "Not now",
  timeout: "No answer in time",
};
