// Loads against a server on a simulated network: what they count is what happened, whatever the network does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Load, type Phase } from "../../../../src/cli/bench/load.ts";
import { DEFAULTS, type Plan, type Workload } from "../../../../src/cli/bench/options.ts";
import { FrameType } from "../../../../src/codec/frame.ts";
import { chat } from "../../../../src/handlers/chat.ts";
import { refusing } from "../../../../src/messaging/endpoint.ts";
import { Stage, type StageOptions } from "../../server/stage.ts";

const REFUSING = refusing("no_route", "Nobody serves this route");

function plan(workload: Workload, changes: Partial<Plan> = {}): Plan {
  return { ...DEFAULTS[workload], workload, conns: 5, seconds: 1, ...changes };
}

function start(wanted: Plan, options: StageOptions = {}, to?: { host: string; port: number }) {
  const stage = new Stage({ ...(wanted.workload === "fanout" && { fallback: chat }), ...options });
  const phases: Phase[] = [];
  const { transport, world } = stage;
  const platform = { transport, clock: world.clock, address: to ?? stage.address, mark: 0xbe7c };
  const load = new Load(wanted, platform, (phase) => void phases.push(phase));
  load.run();
  return { stage, load, phases };
}

function run(wanted: Plan, options: StageOptions = {}, to?: { host: string; port: number }) {
  const started = start(wanted, options, to);
  started.stage.world.runUntil(() => started.load.phase === "over");
  return started;
}

/** A network on which nothing arrives in one piece. */
const CHOPPED = { segmentBytes: [1, 40], shortWriteChance: 0.5, bufferBytes: 600 } as const;

test("echo keeps its depth in flight on each connection and counts each answer once", () => {
  const { load, stage, phases } = run(plan("echo", { depth: 3 }));
  assert.deepEqual(phases, ["warming up", "running", "settling", "closing", "over"]);
  const { tally } = load;
  assert.deepEqual([tally.opened, tally.failed, tally.lost, tally.errorCount], [5, 0, 0, 0]);
  // A round trip takes 2 ms, and 15 requests are in flight.
  const trips = tally.messages / 15;
  assert.ok(Math.abs(trips - load.runningMs / 2) < 3, `${trips} trips in ${load.runningMs} ms`);
  assert.equal(tally.latencies.count, tally.messages);
  assert.ok(Math.abs(tally.latencies.percentile(0.5) - 2) < 0.02);
  assert.equal(load.unanswered, 0);
  stage.settle();
  assert.equal(stage.server.registry.size, 0);
  assert.equal(stage.closed("normal"), 5);
});

test("echo loses no frame where writes are cut short and reads come in pieces", () => {
  for (const payload of [8, 100, 5000]) {
    const { load, stage } = run(plan("echo", { depth: 7, payload }), { network: CHOPPED });
    assert.deepEqual([load.tally.lost, load.tally.errorCount], [0, 0]);
    assert.ok(load.tally.messages > 20, `${load.tally.messages} answers of ${payload} bytes`);
    assert.equal(stage.closed("normal"), 5);
  }
});

test("requests that are refused are errors under their name, and no answers", () => {
  const { load } = run(plan("fanout"), { fallback: () => REFUSING });
  assert.equal(load.tally.messages, 0);
  const echo = run(plan("echo", { depth: 1 }), { fallback: () => REFUSING });
  assert.equal(echo.load.tally.messages, 0);
  assert.ok(echo.load.tally.errors.get("no_route")! > 100);
});

test("an answer that comes twice counts once", () => {
  const { load } = run(plan("echo", { depth: 1 }), {
    fallback: () => ({
      ...REFUSING,
      request(session, { idHigh, idLow, bytes, start, end }) {
        session.answer(idHigh, idLow, bytes, start, end);
        session.send(FrameType.Response, idHigh, idLow, bytes, start, end);
      },
    }),
  });
  const trips = load.tally.messages / 5;
  assert.ok(Math.abs(trips - load.runningMs / 2) < 3, `${trips} trips in ${load.runningMs} ms`);
  assert.equal(load.unanswered, 0);
});

test("fanout counts a delivery for everybody who hears it, the speaker included", () => {
  const { load, stage } = run(plan("fanout", { depth: 1, conns: 8 }));
  const { tally } = load;
  assert.deepEqual([tally.opened, tally.errorCount], [8, 0]);
  // One round of 2 ms at a time.
  const rounds = tally.messages / 8;
  assert.ok(Math.abs(rounds - load.runningMs / 2) < 3, `${rounds} rounds in ${load.runningMs} ms`);
  stage.settle();
  assert.equal(stage.server.registry.size, 0);
});

test("fanout goes on without those who left, and tells what was not delivered", () => {
  const { load, stage } = start(plan("fanout", { depth: 2, conns: 4, seconds: 8 }));
  stage.world.runUntil(() => load.tally.messages > 100);
  stage.sessions[2]!.connection!.terminate();
  const before = load.tally.messages;
  stage.world.runUntil(() => load.phase === "over");
  assert.equal(load.tally.lost, 1);
  assert.ok(load.tally.messages > before + 1000);
  assert.ok((load.tally.errors.get("not_delivered") ?? 0) <= 2);
});

test("idle holds its sessions, answers Pings, and measures how long they took to open", () => {
  const limits = { heartbeatIntervalMs: 1000, sessionTimeoutMs: 3000 };
  const { load, stage } = start(plan("idle", { seconds: 10 }), { limits });
  stage.world.runUntil(() => load.phase === "closing");
  assert.equal(load.held, 5);
  assert.equal(stage.server.registry.size, 5);
  assert.ok(load.runningMs >= 10_000);
  stage.world.runUntil(() => load.phase === "over");
  assert.equal(load.tally.lost, 0);
  assert.equal(load.tally.latencies.count, 5);
});

test("storm dials everybody at once, and is over when all have their session", () => {
  const { load, stage } = run(plan("storm", { conns: 300 }));
  assert.deepEqual([load.tally.opened, load.tally.failed], [300, 0]);
  assert.ok(load.openingMs < 1000);
  stage.settle();
  assert.equal(stage.server.registry.size, 0);
});

test("connections that the server refuses have failed, under the name of the reason", () => {
  const { load } = run(plan("storm", { conns: 10 }), { limits: { maxConnections: 4 } });
  assert.deepEqual([load.tally.opened, load.tally.failed], [4, 6]);
  assert.deepEqual([...load.tally.errors], [["server_full", 6]]);
});

test("where nobody listens a load is over at once", () => {
  const { load } = run(plan("echo"), {}, { host: "127.0.0.1", port: 1 });
  assert.deepEqual([load.tally.opened, load.tally.failed], [0, 5]);
  assert.deepEqual([...load.tally.errors], [["cannot_connect", 5]]);
});

test("connections that stay without a session are given up in time", () => {
  const { load, stage } = start(plan("storm", { conns: 3, seconds: 2 }));
  stage.world.runUntil(() => stage.sessions.length === 3);
  for (const session of stage.sessions) session.connection!.pause();
  stage.world.runUntil(() => load.phase === "over");
  assert.ok(load.tally.opened + load.tally.failed === 3);
  assert.ok(stage.now < 10_000);
});

test("sessions that end under load are lost, and what they waited for is forgotten", () => {
  const { load, stage } = start(plan("echo", { depth: 4 }));
  stage.world.runUntil(() => load.tally.messages > 50);
  stage.sessions[0]!.connection!.terminate();
  stage.world.runUntil(() => load.phase === "over");
  assert.deepEqual([load.tally.lost, load.unanswered], [1, 0]);
});

test("a load that is stopped ends early, in each of its phases", () => {
  const early = start(plan("echo", { seconds: 60 }));
  early.load.stop();
  early.stage.world.runUntil(() => early.load.phase === "over");
  const later = start(plan("echo", { seconds: 60 }));
  later.stage.world.runUntil(() => later.load.tally.messages > 0);
  later.load.stop();
  later.stage.world.runUntil(() => later.load.phase === "over");
  assert.ok(later.load.runningMs < 1000);
  assert.ok(later.stage.now < 5000);
});
