// The first moments of a session: let in, and past its handshake.

import { nextDeadline } from "./deadlines.ts";
import type { Session } from "./session.ts";

/** Let in: it is read, and its time begins. */
export function admit(session: Session): void {
  const { owner } = session;
  session.admittedAt = owner.now;
  session.heartbeat.heardAt = owner.now;
  session.connection.resume();
  owner.wakeAt(session, nextDeadline(session));
}

/** Past the handshake from now on. */
export function open(session: Session): void {
  const { owner } = session;
  session.inbound.reader.lengthMax = owner.limits.frameBytesMax;
  session.openedAt = session.lastApplicationAt = owner.now;
  session.enter("active");
  owner.wakeAt(session, nextDeadline(session));
  owner.sessionOpened(session);
}
