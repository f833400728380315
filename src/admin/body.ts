// Request bodies: bounded before they are read, JSON whatever their header says, and `{}` where there is none.

import type { MiddlewareHandler } from "hono";
import { decodeText } from "../base/text.ts";
import { ADMIN_BODY_BYTES_MAX } from "../limits/admin.ts";
import type { AdminEnv } from "./context.ts";
import { ApiError } from "./errors.ts";

/** Puts in the place of the request one whose body was read, so that routes find JSON, and nothing else. */
export function readBody(): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const { method, url } = c.req;
    if (method === "GET" || method === "HEAD") return await next();
    const text = decodeText(await bytesOf(c.req.raw));
    if (text === undefined) throw new ApiError("invalid", "The body is not UTF-8");
    const headers = { "content-type": "application/json" };
    c.req.raw = new Request(url, { method, headers, body: text.trim() === "" ? "{}" : text });
    return await next();
  };
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length")) > ADMIN_BODY_BYTES_MAX) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > ADMIN_BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLarge(): ApiError {
  return new ApiError("too_large", `The body is larger than ${ADMIN_BODY_BYTES_MAX} bytes`);
}
