// HTTP on Deno.

import { HTTP_CLOSE_MS_MAX } from "../../limits/admin.ts";
import type { HttpHandler, HttpServer } from "../../transport/http.ts";
import type { Address } from "../../transport/transport.ts";

/** @throws {Error} If the address cannot be bound. */
export function denoServeHttp(at: Address, handle: HttpHandler): HttpServer {
  const stop = new AbortController();
  try {
    const server = Deno.serve(
      {
        hostname: at.host,
        port: at.port,
        signal: stop.signal,
        // Without it Deno prints where it listens.
        onListen: () => {},
        onError: () => new Response(null, { status: 500 }),
      },
      async (request, { remoteAddr }) =>
        await handle(request, { host: remoteAddr.hostname, port: remoteAddr.port }),
    );
    return {
      address: { host: at.host, port: server.addr.port },
      close() {
        const timer = setTimeout(() => stop.abort(), HTTP_CLOSE_MS_MAX);
        return server.shutdown().finally(() => clearTimeout(timer));
      },
    };
  } catch (cause) {
    throw new Error(`Cannot listen on ${at.host}:${at.port}`, { cause });
  }
}
