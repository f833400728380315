// The chat handler: what one session says, every session hears, the one that said it included. Its rooms are in
// chat_rooms.ts.

import { NO_BYTES } from "../base/bytes.ts";
import type { App } from "../messaging/app.ts";
import type { Endpoint } from "../messaging/endpoint.ts";
import { chatRooms } from "./chat_rooms.ts";

/** Turns each frame into one Broadcast; a Request is also answered, with an empty Response. Registers `chat.*` too. */
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
