// Who saw what a session was given to send, and compares it with what its client heard.

import assert from "node:assert/strict";
import { type FrameType, isApplication, readU32 } from "../../src/codec/frame.ts";
import type { Endpoint } from "../../src/messaging/endpoint.ts";
import type { Session } from "../../src/session/session.ts";

/** A frame in a few numbers: enough to tell it from any other one. */
export type Print = string;

/** The frames of a session in both lanes, each in its order. */
export class Lanes {
  readonly control: Print[] = [];
  readonly application: Print[] = [];
  /** How many of the application frames were dropped to make room. */
  dropped = 0;

  add(type: FrameType, idHigh: number, idLow: number, payload: Uint8Array): void {
    let hash = payload.length;
    const step = Math.max(1, payload.length >> 5);
    for (let i = 0; i < payload.length; i += step) hash = (hash * 31 + payload[i]!) | 0;
    const lane = isApplication(type) ? this.application : this.control;
    lane.push(`${type} ${idHigh} ${idLow} ${payload.length} ${hash}`);
  }
}

/** Writes down from now on what `session` is given to send. */
export function witness(session: Session): Lanes {
  const given = new Lanes();
  const { outbound } = session;
  const { send, push, dropBroadcasts } = outbound;
  outbound.send = (type, idHigh, idLow, bytes, start = 0, end = bytes.length) => {
    given.add(type, idHigh, idLow, bytes.subarray(start, end));
    send.call(outbound, type, idHigh, idLow, bytes, start, end);
  };
  outbound.push = (frame) => {
    assert(session.isOpen, "a Broadcast is for sessions past their handshake");
    const queued = push.call(outbound, frame);
    if (queued) given.add(frame[4] as FrameType, 0, readU32(frame, 9), frame.subarray(13));
    return queued;
  };
  outbound.dropBroadcasts = (bytes) => {
    const dropped = dropBroadcasts.call(outbound, bytes);
    given.dropped += dropped;
    return dropped;
  };
  return given;
}

/** `endpoint`, whose Requests are written down by session in `served`. */
export function witnessed(endpoint: Endpoint, served: Map<Session, number[]>): Endpoint {
  return {
    request(session: Session, frame, route) {
      assert(session.isOpen, "a Request reaches its handler from an open session");
      served.get(session)!.push(frame.idLow);
      endpoint.request(session, frame, route);
    },
    notification(session: Session, frame, route) {
      assert(session.isOpen, "a Notification reaches its handler from an open session");
      endpoint.notification(session, frame, route);
    },
  };
}

/**
 * Asserts that what was heard is the beginning of what was given, but for `dropped` frames at most; all of it, where
 * `whole`.
 */
export function assertHeard(
  heard: readonly Print[],
  given: readonly Print[],
  whole: boolean,
  dropped = 0,
): void {
  let at = 0;
  for (const print of heard) {
    const end = at + dropped;
    while (given[at] !== print && at < end) at++;
    dropped = end - at;
    assert.equal(print, given[at++], "a frame that was not given, or not there");
  }
  if (whole) assert.equal(at + dropped, given.length, "frames are missing");
}
