// The chat handler: what one session says, every session hears, the one that said it included. Its rooms are in
// chat_rooms.ts.

import { NO_BYTES } from "../base/bytes.ts";
import type { App } from "../messaging/app.ts";
import type { Endpoint } from "../messaging/endpoint.ts";
import { chatRooms } from "./chat_rooms.ts";

/**
 * An endpoint that turns each frame into one Broadcast; a Request is also answered, with an empty Response. Registers the
 * routes `chat.*` too, so it is called once, before `app` listens.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { chat, connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.endpoint("", chat(server));
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * const heard = new Promise<Uint8Array>((resolve) => client.on("broadcast", ({ body }) => resolve(body)));
 * await client.request("", "Anybody here?");
 * assert.equal(new TextDecoder().decode(await heard), "Anybody here?");
 * await client.close();
 * await server.drain();
 * ```
 *
 * @throws {Error} If `app` listens already, or one of the routes is taken.
 */
export function chat(app: App): Endpoint {
  chatRooms(app);
  return {
    request(session, frame) {
      app.broadcast(frame.payload);
      session.answer(frame.idHigh, frame.idLow, NO_BYTES);
    },
    notification: (_session, frame) => void app.broadcast(frame.payload),
  };
}
