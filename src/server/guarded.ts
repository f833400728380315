// Where a handler that throws is caught: it ends one Request, and no session.

import type { Session } from "../session/session.ts";
import type { Handler } from "./handler.ts";

/** `handler`, whose faults go to `failed`; a Request that it has not answered by then is answered for it. */
export function guarded(
  handler: Handler,
  failed: (session: Session, error: unknown) => void,
): Handler {
  return {
    request(session, frame) {
      const { idHigh, idLow } = frame;
      const before = session.requestsRunning;
      try {
        handler.request(session, frame);
      } catch (error) {
        failed(session, error);
        const unanswered = session.requestsRunning === before;
        if (unanswered) session.refuse(idHigh, idLow, "handler_failed", "The handler failed");
      }
    },
    notification(session, frame) {
      try {
        handler.notification(session, frame);
      } catch (error) {
        failed(session, error);
      }
    },
  };
}
