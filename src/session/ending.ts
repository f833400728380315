// The ways a session ends. Each decides at once (the session leaves the registry, is counted and logged) and then sees
// the socket off, as politely as the reason allows.

import type { CodeName } from "../codec/codes.ts";
import { type ComeBack, encodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, FrameType } from "../codec/frame.ts";
import { LINGER_MS } from "../limits/lingering.ts";
import { count } from "../observe/counters.ts";
import type { StreamEnd } from "../transport/transport.ts";
import { Closing } from "./closing.ts";
import type { ErrorOptions, Session } from "./session.ts";
import type { EndedBy } from "./state.ts";

/** Why a session ended. */
export interface Ending {
  /** The name of its code, e.g. `normal`, `stale`, `kicked`. */
  readonly name: CodeName;
  /** Who ended it. */
  readonly by: EndedBy;
  /** A sentence for people; may be empty, and may hold anything where a peer chose it. */
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
  const socket = decide(session, name, "server", message);
  seeOff(socket, false, LINGER_MS);
  socket.isLingering ||= socket.owner.mayLinger();
  if (!socket.isLingering) hangUp(socket);
}

/** With a Disconnect: what is queued and what runs is still answered, new Requests are not taken. */
export function disconnect(
  session: Session,
  name: CodeName,
  by: EndedBy,
  message: string,
  comeBack: ComeBack = {},
): void {
  if (session.ending !== null) return;
  if (session.state === "waiting") return expire(session, { name, by, message });
  session.send(FrameType.Disconnect, 0, 0, encodeEnd(name, message, comeBack));
  seeOff(decide(session, name, by, message), true, session.owner.limits.drainGraceMs);
}

/** The peer sent a Disconnect: what is queued still goes out. */
export function endByPeer(session: Session): void {
  // While the server drains, the session may wait apart from its connection: it is given up too.
  if (session.counterpart?.state === "waiting") expire(session.counterpart, LEFT);
  seeOff(decide(session, "normal", "peer", ""), false, LINGER_MS);
}

/** The peer sent FIN without a Disconnect: what it had asked is still answered. */
export function endByFin(session: Session): void {
  if (session.ending !== null) return;
  const message = "The peer sent FIN without a Disconnect";
  const socket = decide(session, "transport_lost", "network", message);
  seeOff(socket, true, socket.owner.limits.requestTimeoutMs);
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
  const socket = decide(session, name, "server", message);
  seeOff(socket, false, 0);
  hangUp(socket);
}

/** Has only the connection of a session that is continued on another one: it is told, and seen off. */
export function replace(husk: Session): void {
  husk.outbound.dropApplication();
  const message = "The session was continued on another connection";
  husk.send(FrameType.Disconnect, 0, 0, encodeEnd("replaced", message));
  husk.ending = { name: "replaced", by: "server", message };
  husk.enter("disconnecting");
  seeOff(husk, false, LINGER_MS);
}

const LEFT: Ending = { name: "normal", by: "peer", message: "" };

const EXPIRED: Ending = {
  name: "resume_expired",
  by: "network",
  message: "The client did not come back in time",
};

/** Gives up a session that waits: nobody came back, or it is not wanted any more. */
export function expire(session: Session, ending: Ending = EXPIRED): void {
  session.ending = ending;
  session.work?.cancelAll();
  session.resumption?.clear();
  session.enter("closed");
  session.owner.sessionEnded(session);
}

/** Destroys the socket of a session that has ended. */
export function hangUp(session: Session): void {
  session.inbound.clear();
  session.outbound.clear();
  session.work?.cancelAll();
  session.connection.terminate();
}

// From here on the session is over, whatever its socket still does; or it waits for its client. Returns whoever has the
// socket now. A session that had ended before stays ended as it was.
function decide(session: Session, name: CodeName, by: EndedBy, message: string): Session {
  if (session.ending !== null) return session;
  session.outbound.flush(); // so that what is logged as sent was; first, since a fault in it must not hide the end
  const ending = { name, by, message };
  const husk = session.owner.keepWaiting(session, ending);
  const socket = husk ?? session;
  socket.ending = ending;
  socket.enter("disconnecting");
  if (husk === null) session.owner.sessionEnded(session);
  return socket;
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
