// What a session does with each frame that comes in, by type and state.

import { NO_BYTES } from "../base/bytes.ts";
import { decodeEnd } from "../codec/end_payload.ts";
import { type Frame, FrameType } from "../codec/frame.ts";
import { decodeHandshake, encodeHandshakeAck, PROTOCOL_VERSION } from "../codec/handshake.ts";
import { LENGTH_MIN, PING_PAYLOAD_BYTES_MAX } from "../limits/wire.ts";
import { endByPeer, fail } from "./ending.ts";
import { open } from "./opening.ts";
import type { Session } from "./session.ts";

/** Serves one frame, which is lent. */
export function receive(session: Session, frame: Frame): void {
  const { type } = frame;
  if (session.state === "connecting" && type !== FrameType.Ping && type !== FrameType.Disconnect) {
    if (type === FrameType.Handshake) return shakeHands(session, frame);
    if (session.owner.policies.handshakeRequired) {
      return fail(session, "handshake_required", "The first frame is not a Handshake", frame);
    }
    open(session);
  }
  switch (type) {
    case FrameType.Request:
      return receiveRequest(session, frame);
    case FrameType.Notification:
      if (session.ending !== null) return dropUnexpected(session, type);
      return session.owner.notification(session, frame);
    case FrameType.Ping:
      if (frame.payloadBytes > PING_PAYLOAD_BYTES_MAX) return failPing(session, frame);
      return sendPong(session, frame);
    case FrameType.Pong:
      if (frame.payloadBytes > PING_PAYLOAD_BYTES_MAX) return failPing(session, frame);
      if (frame.idHigh === 0) session.heartbeat.pong(frame.idLow, session.owner.now);
      return;
    case FrameType.Disconnect:
      if (decodeEnd(frame.payload) === undefined) {
        const message = "The payload of the Disconnect is neither empty nor JSON with a code";
        return fail(session, "bad_payload", message, frame);
      }
      return endByPeer(session);
    case FrameType.Handshake:
      return fail(session, "bad_handshake", "A second Handshake came in", frame);
    case FrameType.Response:
    case FrameType.Error: {
      const question = session.work?.take(frame.idHigh * 2 ** 32 + frame.idLow);
      return question === undefined ? dropUnexpected(session, type) : question.answered(frame);
    }
    default:
      return dropUnexpected(session, type);
  }
}

function receiveRequest(session: Session, frame: Frame): void {
  const { owner } = session;
  const full = session.requestsRunning >= owner.limits.requestsInFlight;
  if (full && owner.limitHit(session, "too_many_in_flight")) {
    return session.sendError("too_many_in_flight", "Too many of your requests run already", frame);
  }
  session.requestsRunning++;
  if (session.ending === null) return owner.request(session, frame);
  session.refuse(frame.idHigh, frame.idLow, "cancelled", "The session has ended: no new requests");
}

function shakeHands(session: Session, frame: Frame): void {
  const { limits, node, product } = session.owner;
  // Only a server that asks for no handshake reads longer first frames than this.
  if (LENGTH_MIN + frame.payloadBytes > limits.handshakeFrameBytesMax) {
    const message = `The length of a Handshake is at most ${limits.handshakeFrameBytesMax}`;
    return fail(session, "frame_too_large", message, frame);
  }
  const handshake = decodeHandshake(frame.payload);
  if ("refused" in handshake) {
    return fail(session, handshake.refused, handshake.message, frame);
  }
  session.client = handshake.client;
  session.user = handshake.user;
  session.tags = handshake.tags;
  session.speaksRoutes = handshake.features.includes("routes");
  if (handshake.heartbeatMs !== undefined) session.heartbeat.negotiate(handshake.heartbeatMs);
  if (session.user !== "" && !session.owner.admitUser(session)) return;
  const ack = handshake.plain ? NO_BYTES : encodeHandshakeAck({
    protocol: PROTOCOL_VERSION,
    session: session.id,
    node,
    server: product,
    heartbeatMs: session.heartbeat.baseMs,
    timeoutMs: session.heartbeat.timeoutMs,
    frameBytesMax: limits.frameBytesMax,
    features: handshake.features,
  });
  session.send(FrameType.HandshakeAck, frame.idHigh, frame.idLow, ack);
  open(session);
}

function sendPong(session: Session, { idHigh, idLow, bytes, start, end }: Frame): void {
  session.send(FrameType.Pong, idHigh, idLow, bytes, start, end);
}

function failPing(session: Session, frame: Frame): void {
  const message =
    `A Ping or Pong carries at most ${PING_PAYLOAD_BYTES_MAX} bytes: this one has ${frame.payloadBytes}`;
  fail(session, "bad_payload", message, frame);
}

function dropUnexpected(session: Session, type: FrameType): void {
  session.owner.counters.framesUnexpected[type]!++;
}
