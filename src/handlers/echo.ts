// The echo handler: whatever comes in goes back, as a Response with the same id and bytes.

import { FrameType } from "../codec/frame.ts";
import type { Endpoint } from "../messaging/endpoint.ts";

/** Answers Requests and Notifications alike. */
export function echo(): Endpoint {
  return {
    request: (session, { idHigh, idLow, bytes, start, end }) =>
      session.answer(idHigh, idLow, bytes, start, end),
    notification: (session, { idHigh, idLow, bytes, start, end }) =>
      session.send(FrameType.Response, idHigh, idLow, bytes, start, end),
  };
}
