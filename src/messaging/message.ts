// One message to many sessions: encoded once for those who speak routes and once for those who do not, when needed.

import { assert } from "../base/assert.ts";
import { encodeText } from "../base/text.ts";
import { encodeFrame, FrameType } from "../codec/frame.ts";
import { NAME_BYTES_MAX } from "../limits/messaging.ts";
import { PAYLOAD_BYTES_CEILING } from "../limits/wire.ts";
import type { Delivery } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import { withRoute } from "./route_name.ts";

/** Gives `session` its copy; says what became of it. */
export type Message = (session: Session) => Delivery;

/**
 * What is encoded elsewhere is checked where it is sent: a mistake must not show on another node.
 *
 * @throws {Error} If the route is longer than 255 bytes, or route and payload fit into no frame.
 */
export function checkSendable(route: string | null, bytes: Uint8Array): void {
  const routeBytes = route === null ? 0 : encodeText(route).length;
  assert(routeBytes <= NAME_BYTES_MAX, "the length of a name is one byte");
  assert(1 + routeBytes + bytes.length <= PAYLOAD_BYTES_CEILING, "a payload fits into a frame");
}

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
