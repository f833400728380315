// One message to many sessions: encoded once for those who speak routes and once for those who do not, when needed.

import { encodeFrame, FrameType } from "../codec/frame.ts";
import type { Delivery } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import { withRoute } from "./route_name.ts";

/** Gives `session` its copy; says what became of it. */
export type Message = (session: Session) => Delivery;

/** A Broadcast: the same bytes for everybody. */
export function broadcastOf(bytes: Uint8Array): Message {
  const frame = encodeFrame(FrameType.Broadcast, 0, 0, bytes);
  return (session) => {
    const delivery = session.push(frame);
    if (delivery !== "gone") session.owner.counters.broadcasts[delivery]++;
    return delivery;
  };
}

/** A Notification on `route`; a session that does not speak routes gets the bytes bare. */
export function notificationOf(route: string, bytes: Uint8Array): Message {
  let bare: Uint8Array | undefined;
  let routed: Uint8Array | undefined;
  return (session) =>
    session.push(
      session.speaksRoutes
        ? routed ??= encodeFrame(FrameType.Notification, 0, 0, withRoute(route, bytes))
        : bare ??= encodeFrame(FrameType.Notification, 0, 0, bytes),
    );
}
