// What a session does with each frame that comes in, by type and state.

import { decodeEnd } from "../codec/end_payload.ts";
import { type Frame, FrameType, readU32 } from "../codec/frame.ts";
import { decodeHandshake } from "../codec/handshake.ts";
import {
  HEADER_BYTES,
  LENGTH_MIN,
  PING_PAYLOAD_BYTES_MAX,
  SEQUENCE_BYTES,
} from "../limits/wire.ts";
import { endByPeer, fail } from "./ending.ts";
import { greet, open } from "./opening.ts";
import type { Resumption } from "./resumption.ts";
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
      if (session.resumption !== null && !acknowledges(session.resumption, frame)) {
        return fail(session, "bad_payload", "What was never sent cannot be acknowledged", frame);
      }
      return sendPong(session, frame);
    case FrameType.Pong:
      if (frame.payloadBytes > PING_PAYLOAD_BYTES_MAX) return failPing(session, frame);
      if (frame.idHigh !== 0 || !session.heartbeat.pong(frame.idLow, session.owner.now)) return;
      return session.resumption?.asked.notePong();
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
      const { work } = session.counterpart ?? session;
      const question = work?.take(frame.idHigh * 2 ** 32 + frame.idLow);
      return question === undefined ? dropUnexpected(session, type) : question.answered(frame);
    }
    default:
      return dropUnexpected(session, type);
  }
}

function receiveRequest(session: Session, frame: Frame): void {
  const { owner, resumption } = session;
  // First, since one that is asked again counts already: it runs, or has run.
  if (resumption !== null && !isNew(session, resumption, frame)) return;
  session.requestsRunning++;
  const { idHigh, idLow } = frame;
  const isOver = session.requestsRunning > owner.limits.requestsInFlight;
  if (isOver && owner.limitHit(session, "too_many_in_flight")) {
    session.refuse(idHigh, idLow, "too_many_in_flight", "Too many of your requests run already");
  } else if (session.ending === null) {
    owner.request(session, frame);
  } else {
    session.refuse(idHigh, idLow, "cancelled", "The session has ended: no new requests");
  }
}

// A client that came back asks again what was not answered: it gets what is known of it, and nothing runs twice.
function isNew(session: Session, resumption: Resumption, frame: Frame): boolean {
  const known = resumption.asked.begin(frame.idHigh, frame.idLow);
  if (known === "lost") {
    session.sendError("answer_lost", "This Request ran, but its answer is gone", frame);
  } else if (typeof known !== "string") {
    const { idHigh, idLow } = frame;
    session.send(known[4] as FrameType, idHigh, idLow, known, HEADER_BYTES);
  }
  if (known === "new" && resumption.asked.isPastMark) session.owner.waiting.takeIds(session);
  return known === "new";
}

function shakeHands(session: Session, frame: Frame): void {
  const { limits } = session.owner;
  // Only a server that asks for no handshake reads longer first frames than this.
  if (LENGTH_MIN + frame.payloadBytes > limits.handshakeFrameBytesMax) {
    const message = `The length of a Handshake is at most ${limits.handshakeFrameBytesMax}`;
    return fail(session, "frame_too_large", message, frame);
  }
  const handshake = decodeHandshake(frame.payload);
  if ("refused" in handshake) {
    return fail(session, handshake.refused, handshake.message, frame);
  }
  greet(session, handshake, frame);
}

// The Ping of a resumable client with 8 bytes says which frame it has seen last.
function acknowledges(resumption: Resumption, { bytes, start, payloadBytes }: Frame): boolean {
  if (payloadBytes !== SEQUENCE_BYTES) return true;
  return resumption.acknowledge(readU32(bytes, start) * 2 ** 32 + readU32(bytes, start + 4));
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
