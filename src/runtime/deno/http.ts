// HTTP on Deno.

import { HTTP_CLOSE_MS_MAX } from "../../limits/admin.ts";
import type { HttpHandler, HttpServer } from "../../transport/http.ts";
import type { Address } from "../../transport/transport.ts";

/** Milliseconds for the last answers to be written before their connections are closed. */
const WRITTEN_MS = 50;

/** @throws {Error} If the address cannot be bound. */
export function denoServeHttp(at: Address, handle: HttpHandler): HttpServer {
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function answer(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) {
    const { remoteAddr: { hostname: host, port }, completed } = info;
    // It rejects where the peer is gone, which is as good an end as any other.
    const out = completed.catch(() => {}).finally(() => underWay.delete(out));
    underWay.add(out);
    return await handle(request, { host, port });
  }

  try {
    const server = Deno.serve({
      hostname: at.host,
      port: at.port,
      signal: stop.signal,
      // Without it Deno prints where it listens.
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    }, answer);
    return {
      address: { host: at.host, port: server.addr.port },
      // Not with `shutdown()`: it waits for streams without an end, and to abort it then throws where nobody catches.
      async close() {
        if (underWay.size > 0) {
          let timer;
          const late = new Promise((resolve) => timer = setTimeout(resolve, HTTP_CLOSE_MS_MAX));
          await Promise.race([Promise.all(underWay), late]);
          clearTimeout(timer);
          // An answer counts as complete when it is handed over, not when it is written.
          await new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));
        }
        stop.abort();
        await server.finished;
      },
    };
  } catch (cause) {
    throw new Error(`Cannot listen on ${at.host}:${at.port}`, { cause });
  }
}
