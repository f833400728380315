// The ways a session ends. Each decides at once (the session leaves the registry, is counted and logged) and then sees
// the socket off, as politely as the reason allows.

import { assert } from "../base/assert.ts";
import type { CodeName } from "../codec/codes.ts";
import { encodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, FrameType } from "../codec/frame.ts";
import { LINGER_MS } from "../limits/lingering.ts";
import { count } from "../observe/counters.ts";
import type { StreamEnd } from "../transport/transport.ts";
import { Closing } from "./closing.ts";
import type { ErrorOptions, Session } from "./session.ts";
import type { EndedBy } from "./state.ts";

/** Why a session ended. */
export interface Ending {
  readonly name: CodeName;
  readonly by: EndedBy;
  readonly message: string;
}

/** With an Error: the peer, or we, did what ends a session. Queued application frames are dropped. */
export function fail(
  session: Session,
  name: CodeName,
  message: string,
  options: ErrorOptions = {},
): void {
  if (session.isDeaf) return;
  session.outbound.dropApplication();
  session.sendError(name, message, options);
  if (session.ending === null) decide(session, name, "server", message);
  seeOff(session, false, LINGER_MS);
  session.isLingering ||= session.owner.mayLinger();
  if (!session.isLingering) hangUp(session);
}

/** With a Disconnect: what is queued and what runs is still answered, new Requests are not taken. */
export function disconnect(
  session: Session,
  name: CodeName,
  by: EndedBy,
  message: string,
  retryAfterMs?: number,
): void {
  if (session.ending !== null) return;
  session.send(FrameType.Disconnect, 0, 0, encodeEnd(name, message, retryAfterMs));
  decide(session, name, by, message);
  seeOff(session, true, session.owner.limits.drainGraceMs);
}

/** The peer sent a Disconnect: what is queued still goes out. */
export function endByPeer(session: Session): void {
  if (session.ending === null) decide(session, "normal", "peer", "");
  seeOff(session, false, LINGER_MS);
}

/** The peer sent FIN without a Disconnect: what it had asked is still answered. */
export function endByFin(session: Session): void {
  if (session.ending !== null) return;
  decide(session, "transport_lost", "network", "The peer sent FIN without a Disconnect");
  seeOff(session, true, session.owner.limits.requestTimeoutMs);
}

/** The connection is gone, expected or not. */
export function endByClose(session: Session, how: StreamEnd): void {
  if (session.ending !== null) return;
  // A session ends before its connection is terminated, so this was the adapter, over a fault of ours.
  if (how === "terminated") decide(session, "internal", "server", "A fault of the server");
  else decide(session, "transport_lost", "network", "The connection was reset");
}

/** A peer that is gone or does not read: one attempt to tell it, then the socket is destroyed. */
export function abandon(session: Session, name: CodeName, message: string): void {
  if (session.ending !== null) return;
  count(session.owner.counters.errors, name);
  if (session.outbound.atFrameBoundary) {
    const error = encodeFrame(FrameType.Error, 0, 0, encodeEnd(name, message));
    session.connection.write(error, true);
  }
  decide(session, name, "server", message);
  seeOff(session, false, 0);
  hangUp(session);
}

/** Destroys the socket of a session that has ended. */
export function hangUp(session: Session): void {
  session.inbound.clear();
  session.outbound.clear();
  session.work?.cancelAll();
  session.connection.terminate();
}

// From here on the session is over, whatever its socket still does.
function decide(session: Session, name: CodeName, by: EndedBy, message: string): void {
  assert(session.ending === null, "a session ends once");
  session.outbound.flush(); // so that what is logged as sent was; first, since a fault in it must not hide the end
  session.ending = { name, by, message };
  session.enter("disconnecting");
  session.owner.sessionEnded(session);
}

// What is left is to get rid of the socket within `withinMs`. With `awaitsRequests` its input is still read and what
// runs is still answered; without, input is read only to be thrown away.
function seeOff(session: Session, awaitsRequests: boolean, withinMs: number): void {
  const { owner, connection, outbound } = session;
  const deadlineAt = owner.now + withinMs;
  session.closing = new Closing(connection, outbound, awaitsRequests, deadlineAt);
  if (!awaitsRequests) {
    session.work?.cancelAll();
    connection.resume();
  }
  owner.wakeAt(session, deadlineAt);
  owner.touch(session);
}
