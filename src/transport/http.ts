// HTTP as the platform serves it, for the outer layers. The core carries none of it.

import type { Address } from "./transport.ts";

/** Answers one request, at once or later; `peer` is who asks. */
export type HttpHandler = (request: Request, peer: Address) => Response | PromiseLike<Response>;

/** An HTTP server. */
export interface HttpServer {
  /** Where it listens; the port is the real one where 0 was asked for. */
  readonly address: Address;
  /** Takes no more requests, and resolves when the last answer is out; what takes a second longer is cut off. */
  close(): PromiseLike<void>;
}
