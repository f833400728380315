// The chat handler: what one session says, every session hears, the one that said it included.

import { NO_BYTES } from "../base/bytes.ts";
import type { Handler } from "../server/handler.ts";
import type { Server } from "../server/server.ts";

/** Turns each frame into one Broadcast; a Request is also answered, with an empty Response. */
export function chat(server: Server): Handler {
  return {
    request(session, frame) {
      server.broadcast(frame.payload);
      session.answer(frame.idHigh, frame.idLow, NO_BYTES);
    },
    notification: (_session, frame) => server.broadcast(frame.payload),
  };
}
