// The echo handler: whatever comes in goes back, as a Response with the same id and bytes.

import { FrameType } from "../codec/frame.ts";
import type { Endpoint } from "../messaging/endpoint.ts";

/**
 * An endpoint that answers Requests and Notifications alike.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer, echo } from "tcp-server";
 *
 * const server = await createServer();
 * server.endpoint("echo", echo());
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * assert.deepEqual(await client.request("echo", Uint8Array.of(1, 2)), Uint8Array.of(1, 2));
 * await client.close();
 * await server.drain();
 * ```
 */
export function echo(): Endpoint {
  return {
    request: (session, { idHigh, idLow, bytes, start, end }) =>
      session.answer(idHigh, idLow, bytes, start, end),
    notification: (session, { idHigh, idLow, bytes, start, end }) =>
      session.send(FrameType.Response, idHigh, idLow, bytes, start, end),
  };
}
