// The end of a turn for one session: what is queued goes out, and what waited for room goes on.

import { nextDeadline } from "./deadlines.ts";
import type { Session } from "./session.ts";

/** Hands to the connection what is queued. Called at the end of each turn in which something was sent. */
export function flush(session: Session): void {
  if (session.state === "closed") return;
  const { outbound, owner, closing } = session;
  outbound.flush();
  if (!outbound.blocked) {
    session.stalledSince = 0;
  } else if (session.stalledSince === 0) {
    session.stalledSince = owner.now;
    owner.wakeAt(session, nextDeadline(session));
  }
  const running = session.requestsRunning + (session.counterpart?.requestsRunning ?? 0);
  if (closing?.advance(running, owner.now)) {
    session.inbound.clear();
    session.work?.cancelAll();
    session.connection.resume();
    owner.wakeAt(session, closing.deadlineAt);
  } else if (session.inbound.stopped === "held" && mayReadAgain(session)) {
    session.inbound.stopped = "sliced";
    session.heartbeat.heardAt = owner.now;
    owner.wakeAt(session, nextDeadline(session));
    owner.continueLater(session);
  }
}

function mayReadAgain({ outbound, work, owner: { limits } }: Session): boolean {
  return outbound.bytes <= limits.outboundBytesHigh / 2 && !work?.isBehind;
}
