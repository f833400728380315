// No handler: Requests are refused as `no_route`, Notifications are counted and dropped.

import { FrameType } from "../codec/frame.ts";
import type { Handler } from "../server/handler.ts";

/** Serves nobody; for servers that only push. */
export function none(): Handler {
  return {
    request: (session, { idHigh, idLow }) =>
      session.refuse(idHigh, idLow, "no_route", "This server answers no requests"),
    notification: (session) => {
      session.owner.counters.framesUnexpected[FrameType.Notification]!++;
    },
  };
}
