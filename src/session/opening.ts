// The first moments of a session: let in, and past its handshake.

import { NO_BYTES } from "../base/bytes.ts";
import { type Frame, FrameType } from "../codec/frame.ts";
import { encodeHandshakeAck, type Handshake, PROTOCOL_VERSION } from "../codec/handshake.ts";
import { nextDeadline } from "./deadlines.ts";
import { abandon } from "./ending.ts";
import type { Missed } from "./resumption.ts";
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
  owner.counters.latencies.handshake.observe(owner.now - session.admittedAt);
  session.enter("active");
  owner.wakeAt(session, nextDeadline(session));
  owner.sessionOpened(session);
}

/** Answers a Handshake, at once where no other node has to be asked. Until then nothing that came behind it is read. */
export function greet(session: Session, handshake: Handshake, frame: Frame): void {
  const { owner: { elsewhere }, link, inbound } = session;
  const { idHigh, idLow } = frame;
  if (!elsewhere?.concerns(handshake)) return welcome(session, handshake, idHigh, idLow);
  inbound.stopped = "checking";
  elsewhere.look(session, handshake, () => {
    if (session.state !== "connecting") return;
    inbound.stopped = "sliced";
    // We held back its reading, so its silence was our doing.
    session.heartbeat.heardAt = session.owner.now;
    welcome(session, handshake, idHigh, idLow);
    session.owner.continueLater(link!.session);
  });
}

// `session` is opened, or another one goes on with its connection.
function welcome(session: Session, handshake: Handshake, idHigh: number, idLow: number): void {
  const { owner, owner: { waiting } } = session;
  const features = handshake.features.filter((name) => name !== "resume" || waiting.isOffered);
  const isResumable = features.includes("resume");
  const resumed = isResumable && handshake.resume
    ? waiting.resume(session, handshake.resume)
    : undefined;
  const greeted = resumed?.session ?? session;
  if (!resumed && (session.ending !== null || !introduce(session, handshake))) return;
  if (handshake.heartbeatMs !== undefined) greeted.heartbeat.negotiate(handshake.heartbeatMs);
  greeted.speaksRoutes = features.includes("routes");
  const ack = handshake.plain ? NO_BYTES : encodeHandshakeAck({
    protocol: PROTOCOL_VERSION,
    session: greeted.id,
    node: owner.node,
    server: owner.product,
    heartbeatMs: greeted.heartbeat.baseMs,
    timeoutMs: greeted.heartbeat.timeoutMs,
    frameBytesMax: owner.limits.frameBytesMax,
    features,
    ...(isResumable
      ? {
        resume: {
          secret: waiting.secretFor(greeted),
          windowMs: owner.limits.resumeWindowMs,
          recovered: resumed !== undefined,
          gap: resumed?.missed.gap ?? false,
        },
      }
      : {}),
  });
  greeted.send(FrameType.HandshakeAck, idHigh, idLow, ack);
  if (resumed === undefined) open(session);
  else goOn(greeted, resumed.missed);
}

// Who it is. Returns false where it may not be that one; then it has ended.
function introduce(session: Session, { client, user, tags }: Handshake): boolean {
  session.client = client;
  session.user = user;
  session.tags = tags;
  return user === "" || session.owner.admitUser(session);
}

// What its client missed, and what we asked it, goes out before anything new.
function goOn(session: Session, { frames }: Missed): void {
  const { owner } = session;
  session.inbound.reader.lengthMax = owner.limits.frameBytesMax;
  session.lastApplicationAt = owner.now;
  owner.wakeAt(session, nextDeadline(session));
  session.resumption?.asked.expectAgain();
  const { outbound, work } = session;
  const fits = frames.every((frame) => outbound.push(frame));
  if (fits) work?.askAgain((frame) => outbound.push(frame));
  // Last, since whoever hears of it may send something.
  owner.sessionResumed(session);
  if (!fits) return abandon(session, "slow_consumer", "Too many bytes wait for this peer");
  owner.touch(session);
}
