// A Request that got no Response, as whoever asked hears of it.

import { type CodeName, codeOf } from "./codes.ts";

/** Which side decided. A `handler_timeout` by the side that asked is its own patience. */
export type Side = "server" | "client";

/**
 * Why there is no Response.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer, RequestError } from "tcp-server";
 *
 * const server = await createServer();
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * const error = await client.request("nobody.serves.this", "").catch((error) => error);
 * assert.ok(error instanceof RequestError);
 * assert.deepEqual([error.code, error.name, error.by], [2000, "no_route", "server"]);
 * await client.close();
 * await server.drain();
 * ```
 */
export class RequestError extends Error {
  /** A code of the closed list, or one of the application's own (3000 to 3999). */
  readonly code: number;
  /** The name of that code, e.g. `no_route`; "application" for those of the application. */
  override readonly name: string;
  /** Who gave up, or said no. */
  readonly by: Side;

  /** An error with these fields; nothing is checked. @param message A sentence for people; may be empty. */
  constructor(code: number, name: string, message: string, by: Side) {
    super(message);
    this.code = code;
    this.name = name;
    this.by = by;
  }
}

/** A Request that the side which asked gives up, or does not even send. */
export function refusal(name: CodeName, message: string, by: Side): RequestError {
  return new RequestError(codeOf(name).code, name, message, by);
}
