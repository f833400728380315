// What time asks of a session: when it has to be looked at next, and what is done then.

import { NO_BYTES } from "../base/bytes.ts";
import { FrameType } from "../codec/frame.ts";
import { abandon, expire, fail, hangUp } from "./ending.ts";
import type { Session } from "./session.ts";

/** The soonest moment that matters to `session` in its state. */
export function nextDeadline(session: Session): number {
  if (session.closing !== null) return session.closing.deadlineAt;
  if (session.state === "waiting") return session.resumption!.waitsUntil;
  if (session.state === "closed") return Infinity;
  if (session.admittedAt === Infinity) return Infinity;
  const { limits, policies: { handshakeRequired } } = session.owner;
  if (session.state === "connecting" && handshakeRequired) {
    return session.admittedAt + limits.handshakeTimeoutMs;
  }
  // While we hold back its reading, a peer's silence is our doing.
  let at = session.inbound.stopped === "held" ? Infinity : session.heartbeat.nextAt();
  if (session.stalledSince > 0) at = Math.min(at, session.stalledSince + limits.stallTimeoutMs);
  const { frameBegunAt } = session.inbound;
  if (frameBegunAt > 0) at = Math.min(at, frameBegunAt + limits.frameTimeoutMs);
  if (session.state === "active") at = Math.min(at, session.lastApplicationAt + limits.idleAfterMs);
  return at;
}

/** Does what is due; the caller asks for `nextDeadline()` afterwards. */
export function meetDeadline(session: Session): void {
  const { now, limits, policies: { handshakeRequired } } = session.owner;
  const { frameBegunAt } = session.inbound;
  if (session.closing !== null) {
    if (now >= session.closing.deadlineAt) hangUp(session);
  } else if (session.state === "waiting") {
    if (now >= session.resumption!.waitsUntil) expire(session);
  } else if (session.state === "connecting" && handshakeRequired) {
    if (now >= session.admittedAt + limits.handshakeTimeoutMs) {
      fail(session, "handshake_timeout", "No Handshake came in time");
    }
  } else if (session.stalledSince > 0 && now >= session.stalledSince + limits.stallTimeoutMs) {
    abandon(session, "slow_consumer", "The peer has taken no byte for too long");
  } else if (frameBegunAt > 0 && now >= frameBegunAt + limits.frameTimeoutMs) {
    fail(session, "frame_timeout", "A frame that has begun was not complete in time");
  } else {
    beat(session);
    if (session.state === "active" && now >= session.lastApplicationAt + limits.idleAfterMs) {
      session.enter("idle");
    }
  }
}

/** An application frame came or went. */
export function noteApplication(session: Session): void {
  session.lastApplicationAt = session.owner.now;
  if (session.state !== "idle") return;
  session.enter("active");
  session.owner.wakeAt(session, nextDeadline(session));
}

function beat(session: Session): void {
  if (session.inbound.stopped === "held") return;
  const { heartbeat } = session;
  const due = heartbeat.due(session.owner.now);
  if (due === "stale") abandon(session, "stale", "Nothing was heard for too long");
  else if (due === "ping") {
    if (session.outbound.isEmpty) session.resumption?.asked.notePing();
    session.send(FrameType.Ping, 0, heartbeat.pings, NO_BYTES);
  }
}
