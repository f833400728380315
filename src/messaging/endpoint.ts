// Who serves the frames of a route, below handlers: what the router finds.

import type { CodeName } from "../codec/codes.ts";
import { type Frame, FrameType } from "../codec/frame.ts";
import type { Session } from "../session/session.ts";

/** The session that a frame came from, as far as an endpoint needs it. `idHigh` and `idLow` are halves of a request id. */
export interface EndpointSession {
  /** A UUID. */
  readonly id: string;
  /** Who it says it is; empty: nobody in particular. */
  readonly user: string;
  /** Answers a Request with the Response `bytes[start..end)`, which is copied; all of them, unless given. */
  answer(idHigh: number, idLow: number, bytes: Uint8Array, start?: number, end?: number): void;
  /** Answers a Request with an Error, which ends the Request alone. A number is one of 3000 to 3999. */
  refuse(idHigh: number, idLow: number, name: CodeName | number, message: string): void;
  /** Sends any other frame, with the payload `bytes[start..end)`, which is copied; not numbered for a resume. */
  send(
    type: FrameType,
    idHigh: number,
    idLow: number,
    bytes: Uint8Array,
    start?: number,
    end?: number,
  ): void;
}

/**
 * Serves a route frame by frame, without a context: for what has to be fast. `frame` is lent, and its payload begins
 * behind the route. What it throws is logged, and answered
 * with `handler_failed`.
 */
export interface Endpoint {
  /** Answers the Request with exactly one `session.answer()` or `session.refuse()`, now or later. */
  request(session: EndpointSession, frame: Frame, route: string): void;
  /** Takes a Notification, which has no answer. */
  notification(session: EndpointSession, frame: Frame, route: string): void;
}

/** Refuses Requests as `name`; Notifications are counted and dropped. */
export function refusing(name: CodeName, message: string): Endpoint {
  return {
    request: (session, { idHigh, idLow }) => session.refuse(idHigh, idLow, name, message),
    notification: (session: Session) => {
      session.owner.counters.framesUnexpected[FrameType.Notification]!++;
    },
  };
}
