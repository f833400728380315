// Under which names the API answers: a page of some website, whose name was made to mean 127.0.0.1, shall not reach it.

import type { MiddlewareHandler } from "hono";
import { parseAddress } from "../base/cidr.ts";
import type { AdminEnv } from "./context.ts";
import { errorResponse } from "./errors.ts";

/**
 * Where the API listens on the loopback, it answers to `localhost` and to addresses only (against DNS rebinding).
 * Elsewhere it may have any name.
 */
export function checkHostName(listensOn: string): MiddlewareHandler<AdminEnv> {
  const checks = isLocal(listensOn);
  return async (c, next) => {
    const name = new URL(c.req.url).hostname;
    if (!checks || name === listensOn || name === "localhost" || isAddress(name)) {
      return await next();
    }
    return errorResponse("forbidden", "The admin API does not go by the name of this request");
  };
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

// A URL holds an IPv6 address in brackets.
function isAddress(name: string): boolean {
  return parseAddress(name.replace(/^\[(.*)\]$/, "$1")) !== undefined;
}
