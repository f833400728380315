// What holds in the simulation of clients that come back: at any moment for the server, and in the end for each client.

import assert from "node:assert/strict";
import { CLIENT_BOUNDS } from "../../src/limits/client.ts";
import { GATHER_BYTES } from "../../src/limits/turn.ts";
import { HEADER_BYTES } from "../../src/limits/wire.ts";
import type { Session } from "../../src/session/session.ts";
import { SLOT_MS } from "../unit/server/stage.ts";
import type { Call, Caller, Settled } from "./caller.ts";
import { checkDeadlines } from "./invariants.ts";
import type { Desk } from "./desk.ts";
import type { ResumeScenario } from "./resume_scenario.ts";
import type { Site } from "./site.ts";

/** The longest frame that is sent: a text, a route, and what a HandshakeAck or an Error says. */
const FRAME_BYTES_MOST = HEADER_BYTES + 6500;

/** One server, and every session of which it holds anything. */
type OneServer = Pick<Site, "stage" | "sessions">;

/** What all clients were given, by one server or by several. */
type Given = Desk & Pick<Site, "stage" | "hasCrashed">;

/** What is held for all sessions is what they hold, and none of them holds more than it may. */
export function checkHeld({ stage: { server, limits }, sessions }: OneServer): void {
  let [outbound, inbound] = [0, 0];
  for (const session of sessions) {
    const { resumption, work } = session;
    outbound += session.outbound.bytes + (resumption?.bytes ?? 0);
    inbound += session.inbound.reader.memoryBytes + (work?.heldBytes ?? 0);
    checkQueue(session);
    assert((resumption?.bytes ?? 0) <= 2 * limits.resumeBytesMax, "too much is kept");
    assert((work?.running ?? 0) <= limits.requestsInFlight + 1000, "too many handlers run");
    assert((work?.questions ?? 0) <= limits.requestsInFlight, "too many questions wait");
    assert(session.requestsRunning <= limits.requestsInFlight, "too many Requests run");
    assert(session.requestsRunning >= 0, "a Request ends twice");
  }
  assert.deepEqual([server.held.outbound, server.held.inbound], [outbound, inbound], "held");
  assert(server.waiting.registry.size <= limits.resumeSessionsMax, "too many sessions wait");
  assert(server.registry.size <= limits.maxConnections, "more sessions than there may be");
}

// Late answers are of no bound but that of the Requests which run.
function checkQueue({ outbound, owner: { limits } }: Session): void {
  const { outboundBytesMax, outboundBytesHigh, requestsInFlight } = limits;
  const own = outboundBytesHigh + GATHER_BYTES + (requestsInFlight + 1) * FRAME_BYTES_MOST;
  const most = FRAME_BYTES_MOST + Math.max(outboundBytesMax, own);
  assert(outbound.bytes <= most, `${outbound.bytes} bytes are queued`);
}

/** No deadline has passed unnoticed. */
export function checkTimes({ stage, sessions }: OneServer): void {
  const { now } = stage;
  for (const session of sessions) {
    if (session.state === "waiting") {
      assert(now <= session.resumption!.waitsUntil + 2 * SLOT_MS, "waits for too long");
    } else if (session.state !== "closed") checkDeadlines(session, now);
  }
}

/** A client stays within its bounds. */
export function checkClient({ client, plan, name }: Caller): void {
  const { framesMax = CLIENT_BOUNDS.framesMax.default } = plan;
  const { bytesMax = CLIENT_BOUNDS.bytesMax.default } = plan;
  assert(client.running <= framesMax, `${name} has ${client.running} requests running`);
  assert(client.queuedBytes <= bytesMax + FRAME_BYTES_MOST, `${name} has too many bytes`);
}

/** Who is closed for good wanted that, or was sent away. */
export function checkClosed({ client: { state }, name }: Caller, scenario: ResumeScenario): void {
  if (state.state !== "closed") return;
  const { kickChance, closeChance, stage: { limits: { sessionsPerUser = 0 } } } = scenario;
  const reasons = [
    ...(closeChance > 0 ? ["normal"] : []),
    ...(kickChance > 0 ? ["kicked"] : []),
    ...(sessionsPerUser > 0 ? ["replaced"] : []),
  ];
  assert(reasons.includes(state.reason.name), `${name} is closed as ${state.reason.name}`);
}

/** Codes with which a call failed that did not run, and those with which it did. */
const NEVER_RAN = ["no_route", "too_many_in_flight", "cancelled", "transport_lost", "normal"];
const RAN_ONCE = ["handler_failed", "application"];

/** What a call came to is what the server did. */
export function checkCall(text: string, { settled, mayRunTwice }: Call, runs: number): void {
  assert.equal(settled.length, 1, `${text} is settled once`);
  const [outcome] = settled as [Settled];
  const said = `${text}: ${JSON.stringify(outcome)}`;
  if (!mayRunTwice) assert(runs <= 1, `${said} ran ${runs} times`);
  if ("answer" in outcome) {
    assert.equal(outcome.answer, `re: ${text}`);
    assert(runs > 0, `${said} did not run`);
  } else if (RAN_ONCE.includes(outcome.failed)) {
    assert(runs > 0, `${said} did not run`);
  } else if (NEVER_RAN.includes(outcome.failed) && !mayRunTwice) {
    assert.equal(runs, 0, `${said} ran`);
  }
}

/** A question is settled once, and handled once where it was answered. */
export function checkQuestions({ asked }: Desk, callers: readonly Caller[]): void {
  for (const [text, learnt] of asked) {
    assert.equal(learnt.length, 1, `the question ${text} is settled once`);
    const handled = callers.reduce((sum, { quizzes }) => sum + (quizzes.get(text) ?? 0), 0);
    assert(handled <= 1, `the question ${text} is handled ${handled} times`);
    if (!("answer" in learnt[0]!)) continue;
    assert.equal(learnt[0].answer, `says ${text}`);
    assert.equal(handled, 1, `the question ${text} is answered by nobody`);
  }
}

/** What a client heard of each session is what that was given, in order and once; holes are told. */
export function checkHistory(caller: Caller, site: Given, isComplete: boolean): void {
  const { history, plan, name } = caller;
  const resumes = plan.features.includes("resume") && site.stage.limits.resumeSessionsMax > 0;
  let session = "";
  let given: readonly string[] = [];
  let places = new Map<string, number>();
  let at = 0;
  let dropped = 0;
  let toldOf: number | null | undefined;
  for (const heard of history) {
    switch (heard.kind) {
      case "open":
        assert.equal(heard.recovered, heard.session === session, `${name} knows its session`);
        if (heard.recovered) break;
        session = heard.session;
        given = site.given.get(session)!;
        places = new Map(given.map((text, index) => [text, index]));
        [at, dropped, toldOf] = [0, site.dropped.get(session)!, undefined];
        break;
      case "gap":
        if (heard.gap.fresh) break;
        assert.equal(toldOf, undefined, `${name} is told of the same hole twice`);
        toldOf = heard.gap.missed;
        // What the server does not tell of is what it dropped on purpose.
        assert(toldOf === null || dropped > 0 || site.hasCrashed, `${name} misses ${toldOf}`);
        break;
      case "text": {
        const place = places.get(heard.text);
        assert(place !== undefined, `${name} hears what was not sent: ${heard.text}`);
        const hole = place - at;
        assert(hole >= 0, `${name} hears ${heard.text} again, or late`);
        const isTold = toldOf !== undefined;
        if (resumes && site.hasCrashed) {
          // Nobody knows then how large a hole is, or whether there is one.
          assert(hole === 0 || isTold, `${name}: a hole of ${hole} that nobody told of`);
        } else if (resumes) {
          assert.equal(isTold, hole > 0, `${name}: a hole of ${hole}, told as ${toldOf}`);
          if (typeof toldOf === "number") assert.equal(hole, toldOf, `${name}: the hole's size`);
        } else {
          assert(hole <= dropped, `${name} misses ${hole} that were not dropped`);
          dropped -= hole;
        }
        [at, toldOf] = [place + 1, undefined];
      }
    }
  }
  if (isComplete) assert.equal(at, given.length, `${name} has not heard all`);
}

/** Whether a client has heard the last thing that its session was given. */
export function hasHeardAll({ history, session }: Caller, site: Desk): boolean {
  if (session === undefined) return false;
  const last = site.given.get(session)!.at(-1);
  if (last === undefined) return true;
  const heard = history.at(-1);
  return heard?.kind === "text" && heard.text === last;
}
