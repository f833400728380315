// HTTP on Bun.

import { ASK_MS_MAX, HTTP_BODY_BYTES_CEILING, HTTP_CLOSE_MS_MAX } from "../../limits/admin.ts";
import type { HttpHandler, HttpServer } from "../../transport/http.ts";
import type { Address } from "../../transport/transport.ts";
import { plainHost } from "../address.ts";
import type { BunHttpApi } from "./http_api.ts";

declare const Bun: BunHttpApi;

/**
 * Seconds of silence after which Bun closes a connection: longer than a question to a client may wait for its answer,
 * and than the silence between two signs of life to listeners.
 */
const IDLE_SECONDS = 2 * ASK_MS_MAX / 1000;

/** @throws {Error} If the address cannot be bound. */
export function bunServeHttp(at: Address, handle: HttpHandler): HttpServer {
  try {
    const server = Bun.serve({
      hostname: at.host,
      port: at.port,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: HTTP_BODY_BYTES_CEILING,
      // No page with a stack trace on it. By itself this also lets others listen on the same port.
      development: false,
      reusePort: false,
      fetch(request, server) {
        const peer = server.requestIP(request);
        return handle(request, { host: plainHost(peer?.address ?? ""), port: peer?.port ?? 0 });
      },
      error: () => new Response(null, { status: 500 }),
    });
    return {
      address: { host: at.host, port: server.port },
      close() {
        const timer = setTimeout(() => server.stop(true), HTTP_CLOSE_MS_MAX);
        return server.stop(false).finally(() => clearTimeout(timer));
      },
    };
  } catch (cause) {
    throw new Error(`Cannot listen on ${at.host}:${at.port}`, { cause });
  }
}
