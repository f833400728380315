// The chat handler: what one session says, every session hears, the one that said it included.

import { NO_BYTES } from "../base/bytes.ts";
import type { App } from "../messaging/app.ts";
import type { Endpoint } from "../messaging/endpoint.ts";

/** Turns each frame into one Broadcast; a Request is also answered, with an empty Response. */
export function chat(app: App): Endpoint {
  return {
    request(session, frame) {
      app.broadcast(frame.payload);
      session.answer(frame.idHigh, frame.idLow, NO_BYTES);
    },
    notification: (_session, frame) => void app.broadcast(frame.payload),
  };
}
