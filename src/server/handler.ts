// What the server asks of whoever serves application frames.

import type { Session } from "../session/session.ts";

/** Serves Requests and Notifications. `payload` is lent: read or copy it before returning. */
export interface Handler {
  /** Answers the Request with exactly one `session.answer()` or `session.refuse()`, now or later. */
  request(session: Session, idHigh: number, idLow: number, payload: Uint8Array): void;
  notification(session: Session, idHigh: number, idLow: number, payload: Uint8Array): void;
}
