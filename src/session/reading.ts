// How a session reads: chunks to frames, when it stops in between, and what happens when the stream is broken.

import { NO_BYTES } from "../base/bytes.ts";
import { type Frame, FrameType } from "../codec/frame.ts";
import { retryAfter } from "../limits/refusal.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import { nextDeadline } from "./deadlines.ts";
import { fail } from "./ending.ts";
import type { Link } from "./link.ts";
import type { Rate } from "./rate.ts";
import type { Session } from "./session.ts";
import { violationMessage } from "./violation_message.ts";

/** Serves the frames in `chunk`, as far as they may be served in this turn. */
export function read(link: Link, chunk: Uint8Array): void {
  const { inbound, owner } = link.session;
  const result = inbound.read(chunk, link, owner.now);
  // A Handshake in it may have handed the connection to the session that it continues.
  const { session } = link;
  if (session.isDeaf) return inbound.clear();
  if (result === "stopped") {
    session.connection.pause();
    if (inbound.stopped === "sliced") owner.continueLater(session);
  } else if (result !== "incomplete") {
    const { violationIdHigh: idHigh, violationIdLow: idLow, lengthMax } = inbound.reader;
    fail(session, result, violationMessage(result, lengthMax), { idHigh, idLow });
  } else if (inbound.frameBegunAt === owner.now) {
    owner.wakeAt(session, nextDeadline(session));
  }
}

/** Goes on with frames that came in but were not served. */
export function continueReading(session: Session): void {
  const { link } = session;
  if (link === null || !session.inbound.isStopped || session.isDeaf) return;
  read(link, NO_BYTES);
  if (!session.inbound.isStopped) session.connection.resume();
}

/** Before each frame of a session with a rate: whether the frame is served; if not, the session has ended. */
export function keepsRate(session: Session, rate: Rate, frame: Frame): boolean {
  const { owner, resumption } = session;
  const isRequest = frame.type === FrameType.Request;
  if (isRequest && resumption?.asked.isExpected(frame.idHigh, frame.idLow)) return true;
  if (rate.allows(HEADER_BYTES + frame.payloadBytes, owner.now)) return true;
  if (!owner.limitHit(session, "rate_limited")) return true;
  const retryAfterMs = retryAfter(owner.random());
  fail(session, "rate_limited", "More came in than the rate allows", { retryAfterMs });
  return false;
}

/** After each frame: whether the next one is served now. */
export function mayReadOn(session: Session): boolean {
  if (session.isDeaf) return false;
  const { outbound, inbound, owner } = session;
  const { outboundBytesHigh } = owner.limits;
  if (outbound.bytes > outboundBytesHigh) outbound.flush();
  return inbound.mayReadOn(outbound.bytes > outboundBytesHigh || session.work?.isBehind === true);
}
