// What the server asks of whoever serves application frames.

import type { Frame } from "../codec/frame.ts";
import type { Session } from "../session/session.ts";

/** Serves Requests and Notifications. `frame` is lent: read or copy what is needed before returning. */
export interface Handler {
  /** Answers the Request with exactly one `session.answer()` or `session.refuse()`, now or later. */
  request(session: Session, frame: Frame): void;
  notification(session: Session, frame: Frame): void;
}
