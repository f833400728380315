// Who serves the frames of a route, below handlers: what the router finds.

import type { Frame } from "../codec/frame.ts";
import { FrameType } from "../codec/frame.ts";
import type { CodeName } from "../codec/codes.ts";
import type { Session } from "../session/session.ts";

/**
 * Serves a route frame by frame, without a context: for what has to be fast. `frame` is lent, and its payload begins
 * behind the route. Any `Handler` is one.
 */
export interface Endpoint {
  /** Answers the Request with exactly one `session.answer()` or `session.refuse()`, now or later. */
  request(session: Session, frame: Frame, route: string): void;
  notification(session: Session, frame: Frame, route: string): void;
}

/** Refuses Requests as `name`; Notifications are counted and dropped. */
export function refusing(name: CodeName, message: string): Endpoint {
  return {
    request: (session, { idHigh, idLow }) => session.refuse(idHigh, idLow, name, message),
    notification: (session) => {
      session.owner.counters.framesUnexpected[FrameType.Notification]!++;
    },
  };
}
