// What a session does with each frame that comes in, by type and state.

import { NO_BYTES } from "../base/bytes.ts";
import { decodeEnd } from "../codec/end_payload.ts";
import { FrameType } from "../codec/frame.ts";
import { decodeHandshake, encodeHandshakeAck, PROTOCOL_VERSION } from "../codec/handshake.ts";
import { LENGTH_MIN, PING_PAYLOAD_BYTES_MAX } from "../limits/wire.ts";
import { staleAfterMs } from "./heartbeat.ts";
import { endByPeer, fail } from "./ending.ts";
import type { Session } from "./session.ts";

/** Serves one frame. `payload` is lent. */
export function receive(
  session: Session,
  type: FrameType,
  idHigh: number,
  idLow: number,
  payload: Uint8Array,
): void {
  if (session.state === "connecting" && type !== FrameType.Ping && type !== FrameType.Disconnect) {
    if (type === FrameType.Handshake) return shakeHands(session, idHigh, idLow, payload);
    if (session.owner.handshakeRequired) {
      return fail(session, "handshake_required", "The first frame is not a Handshake", {
        idHigh,
        idLow,
      });
    }
    session.open();
  }
  switch (type) {
    case FrameType.Request:
      return receiveRequest(session, idHigh, idLow, payload);
    case FrameType.Notification:
      if (session.ending !== null) return dropUnexpected(session, type);
      return session.owner.notification(session, idHigh, idLow, payload);
    case FrameType.Ping:
      if (payload.length > PING_PAYLOAD_BYTES_MAX) return failPing(session, idHigh, idLow, payload);
      return session.send(FrameType.Pong, idHigh, idLow, payload);
    case FrameType.Pong:
      if (payload.length > PING_PAYLOAD_BYTES_MAX) return failPing(session, idHigh, idLow, payload);
      return;
    case FrameType.Disconnect:
      if (decodeEnd(payload) === undefined) {
        const message = "The payload of the Disconnect is neither empty nor JSON with a code";
        return fail(session, "bad_payload", message, { idHigh, idLow });
      }
      return endByPeer(session);
    case FrameType.Handshake:
      return fail(session, "bad_handshake", "A second Handshake came in", { idHigh, idLow });
    default:
      return dropUnexpected(session, type);
  }
}

function receiveRequest(
  session: Session,
  idHigh: number,
  idLow: number,
  payload: Uint8Array,
): void {
  session.requestsRunning++;
  if (session.ending === null) return session.owner.request(session, idHigh, idLow, payload);
  session.refuse(idHigh, idLow, "cancelled", "The session has ended: no new requests");
}

function shakeHands(session: Session, idHigh: number, idLow: number, payload: Uint8Array): void {
  const { limits, node, product } = session.owner;
  // Only a server that asks for no handshake reads longer first frames than this.
  if (LENGTH_MIN + payload.length > limits.handshakeFrameBytesMax) {
    const message = `The length of a Handshake is at most ${limits.handshakeFrameBytesMax}`;
    return fail(session, "frame_too_large", message, { idHigh, idLow });
  }
  const handshake = decodeHandshake(payload);
  if ("refused" in handshake) {
    return fail(session, handshake.refused, handshake.message, { idHigh, idLow });
  }
  session.client = handshake.client;
  session.user = handshake.user;
  session.tags = handshake.tags;
  const ack = handshake.plain ? NO_BYTES : encodeHandshakeAck({
    protocol: PROTOCOL_VERSION,
    session: session.id,
    node,
    server: product,
    heartbeatMs: limits.heartbeatIntervalMs,
    timeoutMs: staleAfterMs(limits),
    frameBytesMax: limits.frameBytesMax,
    features: [],
  });
  session.send(FrameType.HandshakeAck, idHigh, idLow, ack);
  session.open();
}

function failPing(session: Session, idHigh: number, idLow: number, payload: Uint8Array): void {
  const message =
    `A Ping or Pong carries at most ${PING_PAYLOAD_BYTES_MAX} bytes: this one has ${payload.length}`;
  fail(session, "bad_payload", message, { idHigh, idLow });
}

function dropUnexpected(session: Session, type: FrameType): void {
  session.owner.counters.framesUnexpected[type]!++;
}
