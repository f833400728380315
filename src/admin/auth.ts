// Who may use the admin API: those who bring its token.

import type { MiddlewareHandler } from "hono";
import { LOGIN_WINDOW_SECONDS } from "../limits/admin.ts";
import type { Log } from "../observe/log.ts";
import type { AdminEnv } from "./context.ts";
import { errorResponse } from "./errors.ts";
import type { FailedLogins } from "./failed_logins.ts";
import { isToken, type Token } from "./token.ts";

/** Paths that need no token: probes. */
const OPEN: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Turns away whoever brings no token or a wrong one. A right one is never throttled, whatever others tried. */
export function authenticate(
  token: Token,
  failed: FailedLogins,
  log: Log,
): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const { host } = c.env.peer;
    if (OPEN.has(c.req.path)) return await next();
    const header = c.req.header("authorization");
    if (header === undefined) {
      return unauthorized('This needs the header "Authorization: Bearer TOKEN"');
    }
    const secret = /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (secret !== undefined && await isToken(secret, token)) {
      c.set("who", `${token.fingerprint}@${host}`);
      return await next();
    }
    const waitSeconds = failed.add(host);
    log("warning", "admin refused", { address: host, path: c.req.path });
    if (waitSeconds === 0) return unauthorized("This is not the token");
    return errorResponse(
      "throttled",
      `Too many wrong tokens came from this address within ${LOGIN_WINDOW_SECONDS} s`,
      { "retry-after": String(waitSeconds) },
    );
  };
}

function unauthorized(message: string): Response {
  return errorResponse("unauthorized", message, { "www-authenticate": "Bearer" });
}
