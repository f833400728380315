// The arithmetic of the heartbeat: when a Ping is due, how the interval adapts, when a peer is stale.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICIES } from "../../../src/limits/policies.ts";
import { DEFAULT_LIMITS } from "../../../src/limits/server.ts";
import { Counters } from "../../../src/observe/counters.ts";
import { Heartbeat } from "../../../src/session/heartbeat.ts";
import { RoundTrip } from "../../../src/session/round_trip.ts";

const LIMITS = {
  ...DEFAULT_LIMITS,
  heartbeatIntervalMs: 1000,
  heartbeatIntervalMinMs: 500,
  heartbeatIntervalMaxMs: 4000,
  sessionTimeoutMs: 9000,
};

function heartbeat({ adaptive = true, limits = {}, jitter = 1 } = {}): Heartbeat {
  const shared = {
    limits: { ...LIMITS, ...limits },
    policies: { ...DEFAULT_POLICIES, heartbeatAdaptive: adaptive },
    counters: new Counters(),
  };
  return new Heartbeat(shared, 0, jitter);
}

/** Runs until the next Ping, answers it after `rttMs`, and tells how long the silence before it was. */
function beat(beats: Heartbeat, rttMs: number): number {
  const at = beats.nextAt();
  const silence = at - beats.heardAt;
  assert.equal(beats.due(at), "ping");
  beats.heardAt = at + rttMs;
  beats.pong(beats.pings, at + rttMs);
  return silence;
}

test("nothing is due before the interval, a Ping at it, the next one interval later", () => {
  const beats = heartbeat();
  assert.deepEqual([beats.due(999), beats.due(1000)], ["nothing", "ping"]);
  assert.deepEqual([beats.due(1999), beats.due(2000)], ["nothing", "ping"]);
  assert.deepEqual([beats.due(2999), beats.due(3000)], ["nothing", "stale"]);
});

test("a session is stale after three intervals, and never later than the time-out", () => {
  const staleAfter = (sessionTimeoutMs: number) =>
    heartbeat({ limits: { sessionTimeoutMs } }).timeoutMs;
  assert.deepEqual([staleAfter(3000), staleAfter(9000), staleAfter(2000)], [3000, 3000, 2000]);
});

test("jitter shortens the interval and leaves the time-out alone", () => {
  const beats = heartbeat({ jitter: 0.9 });
  assert.deepEqual([beats.due(899), beats.due(900)], ["nothing", "ping"]);
  assert.equal(beats.timeoutMs, 3000);
});

test("received bytes put a Ping off, but no longer than the longest interval", () => {
  const beats = heartbeat();
  for (let now = 0; now < 4000; now += 500) {
    beats.heardAt = now;
    assert.equal(beats.due(now), "nothing");
  }
  beats.heardAt = 3999;
  assert.equal(beats.due(4000), "ping");
});

test("the interval grows a step with every second Pong in time, up to the longest", () => {
  const beats = heartbeat();
  const silences = Array.from({ length: 10 }, () => beat(beats, 10));
  assert.deepEqual(
    silences,
    [1000, 1000, 1500, 1500, 2250, 2250, 3375, 3375, 4000, 4000].map(
      // The longest interval counts from Ping to Ping, so that a busy session is asked too.
      (silence) => silence === 4000 ? 3990 : silence,
    ),
  );
  assert.equal(beats.timeoutMs, 9000);
});

test("where it does not adapt, the interval stays", () => {
  const beats = heartbeat({ adaptive: false });
  assert.deepEqual(Array.from({ length: 4 }, () => beat(beats, 10)), [1000, 1000, 1000, 1000]);
});

test("a late Pong brings the interval back to its base at once", () => {
  const beats = heartbeat();
  for (let i = 0; i < 6; i++) beat(beats, 10);
  assert.equal(beats.intervalMs, 3375);
  beat(beats, 1001);
  assert.deepEqual([beats.intervalMs, beats.missed, beats.timeoutMs], [1000, 1, 3000]);
});

test("a Pong is not late on a path that is always slow", () => {
  const beats = heartbeat();
  for (let i = 0; i < 6; i++) beat(beats, 1500);
  assert.equal(beats.missed, 0);
});

test("a missing Pong brings the interval back, asks again after the base, and cuts no silence short", () => {
  const beats = heartbeat();
  for (let i = 0; i < 6; i++) beat(beats, 10);
  const { heardAt } = beats;
  const first = beats.nextAt();
  assert.equal(first, heardAt + 3375);
  assert.equal(beats.due(first), "ping");
  assert.equal(beats.nextAt(), first + 1000);
  assert.equal(beats.due(first + 1000), "ping");
  assert.deepEqual([beats.missed, beats.intervalMs], [1, 1000]);
  assert.equal(beats.due(heardAt + 8999), "ping");
  assert.equal(beats.due(heardAt + 9000), "stale");
});

test("a Pong nobody waits for, or for an older Ping, says nothing", () => {
  const beats = heartbeat();
  beats.pong(0, 10);
  beats.due(1000);
  beats.due(2000);
  beats.pong(1, 2010);
  assert.equal(beats.roundTrip, null);
  beats.pong(2, 2020);
  assert.equal(beats.roundTrip!.last, 20);
  beats.pong(2, 2500);
  assert.equal(beats.roundTrip!.last, 20);
});

test("a wish is taken within the bounds and moves the time-out", () => {
  for (const [wish, interval] of [[1, 500], [2000, 2000], [1e9, 4000]] as const) {
    const beats = heartbeat();
    beats.negotiate(wish);
    assert.deepEqual([beats.baseMs, beats.intervalMs], [interval, interval]);
    assert.equal(beats.timeoutMs, Math.min(3 * interval, 9000));
  }
});

test("the round-trip time is smoothed as RFC 6298 says", () => {
  const path = new RoundTrip(100);
  assert.deepEqual([path.smoothed, path.variation, path.expectedMax], [100, 50, 300]);
  path.add(180);
  assert.deepEqual([path.last, path.smoothed, path.variation], [180, 110, 57.5]);
});
