// What holds for a session at any moment of a simulation, and for a client when all is over.

import assert from "node:assert/strict";
import { ADMISSION_WAIT_SECONDS_MAX } from "../../src/limits/refusal.ts";
import { GATHER_BYTES } from "../../src/limits/turn.ts";
import { HEADER_BYTES } from "../../src/limits/wire.ts";
import type { Session } from "../../src/session/session.ts";
import { SLOT_MS, type Stage } from "../unit/server/stage.ts";
import { type Actor, PAYLOAD_BYTES_MOST } from "./actor.ts";
import type { Scenario } from "./scenario.ts";
import { assertHeard, type Lanes } from "./witness.ts";

const FRAME_BYTES_MOST = HEADER_BYTES + PAYLOAD_BYTES_MOST;

/** Errors that are tried once, past the queue. */
const LAST_WORDS = ["stale", "slow_consumer", "over_budget"];

/** A deadline is noticed in the slot behind it, and one that came out of another is placed in the next. */
const LATE_MS_MAX = 2 * SLOT_MS;

/**
 * What may wait behind the frame that is sent: Broadcasts up to the one bound; a session's own answers up to the other,
 * over which the last one went, and what was gathered before it was known that the peer is slow; and, where answers come
 * late, those to all that runs.
 */
export function checkQueue({ outbound, owner }: Session, { handler }: Scenario): void {
  const { outboundBytesMax, outboundBytesHigh, requestsInFlight } = owner.limits;
  const late = handler === "late" ? requestsInFlight * FRAME_BYTES_MOST : 0;
  const own = outboundBytesHigh + GATHER_BYTES + FRAME_BYTES_MOST + late;
  const waiting = Math.max(outboundBytesMax, own);
  assert(outbound.bytes <= FRAME_BYTES_MOST + waiting, `${outbound.bytes} bytes are queued`);
}

/** What the server believes is held for all of its sessions is what they hold. */
export function checkHeld({ server, sessions }: Stage): void {
  let [outbound, inbound] = [0, 0];
  for (const session of sessions) {
    outbound += session.outbound.bytes;
    inbound += session.inbound.reader.memoryBytes;
  }
  assert.deepEqual([server.held.outbound, server.held.inbound], [outbound, inbound]);
}

/** No deadline of a session has passed unnoticed. */
export function checkDeadlines(session: Session, now: number): void {
  const { limits, policies } = session.owner;
  const within = (since: number, ms: number, what: string) =>
    assert(now - since <= ms + LATE_MS_MAX, `${what} for ${now - since} ms`);
  if (session.closing !== null) {
    return within(session.closing.deadlineAt, 0, "overdue to be closed");
  }
  if (session.admittedAt === Infinity) {
    return within(session.createdAt, 1000 * (ADMISSION_WAIT_SECONDS_MAX + 1), "at the door");
  }
  if (session.state === "connecting" && policies.handshakeRequired) {
    return within(session.admittedAt, limits.handshakeTimeoutMs, "without a Handshake");
  }
  const { heartbeat, inbound, stalledSince } = session;
  if (inbound.stopped !== "held") within(heartbeat.heardAt, heartbeat.timeoutMs, "silent");
  if (stalledSince > 0) within(stalledSince, limits.stallTimeoutMs, "without taking a byte");
  if (inbound.frameBegunAt > 0) within(inbound.frameBegunAt, limits.frameTimeoutMs, "in a frame");
  if (session.state === "active") within(session.lastApplicationAt, limits.idleAfterMs, "Active");
}

/** What a client heard is the beginning of what it was given, and all of it where that was promised. */
export function checkHeard({ session, finHeard, lastWord, lanes }: Actor, given: Lanes): void {
  if (session.admittedAt === Infinity) {
    assert.deepEqual([lanes.application, lanes.control.length <= 1], [[], true]);
    return;
  }
  if (LAST_WORDS.includes(lastWord)) lanes.control.pop();
  assertHeard(lanes.control, given.control, finHeard);
  const isWhole = finHeard && (lastWord === "" || lastWord === "draining");
  assertHeard(lanes.application, given.application, isWhole, given.dropped);
}

/** Where all is calm, a client that does nothing wrong keeps its session, and is answered whatever it asked. */
export function checkCalm(actor: Actor, served: readonly number[], { handler }: Scenario): void {
  const { session, left, manner } = actor;
  const { name } = session.ending!;
  if (actor.spoilt || !actor.shakesHands || manner === "deaf" || name === "server_full") return;
  const ends = left === null ? ["draining"] : ["draining", "normal", "transport_lost"];
  assert(ends.includes(name), `a ${manner} client is ended as ${name}`);
  assert(actor.finHeard, `a ${manner} client hears FIN`);
  if (left === "disconnect" && handler === "late") return;
  for (const id of served) assert.equal(actor.asked.get(id), 1, `Request ${id} is answered`);
}
