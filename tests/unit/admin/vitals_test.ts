// How late the event loop is, by a clock that is late on purpose; and looks at the process, which are not repeated at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Vitals } from "../../../src/admin/vitals.ts";
import { LAG_SAMPLE_MS, LAG_SAMPLES } from "../../../src/limits/admin.ts";
import { Stage } from "../server/stage.ts";

/** With a clock whose timers fire when they are told to. */
function vitals() {
  let time = 0;
  let looks = 0;
  let fire = () => {};
  const clock = {
    now: () => time,
    schedule(_: number, callback: () => void) {
      fire = callback;
      return () => {};
    },
    afterIo: () => {},
  };
  const usage = () => ({
    cpuUserSeconds: 0,
    cpuSystemSeconds: 0,
    residentBytes: ++looks,
    heapBytes: 0,
    openDescriptors: 90,
    maxDescriptors: 100,
  });
  const { server } = new Stage();
  const vitals = new Vitals({ server, clock, memoryBytes: 1000, usage, taken: () => 0 });
  return {
    vitals,
    passes(ms: number) {
      time += ms;
    },
    /** The timer fires so many milliseconds late. */
    sample(lateMs: number) {
      time += LAG_SAMPLE_MS + lateMs;
      fire();
    },
  };
}

test("the lag is the longest one of the last looks", () => {
  const { vitals: subject, sample } = vitals();
  subject.start();
  assert.equal(subject.lagMs, 0);
  for (const lateMs of [1, 40.125, 3]) sample(lateMs);
  assert.equal(subject.lagMs, 40.13);
  for (let i = 0; i < LAG_SAMPLES - 1; i++) sample(2);
  assert.equal(subject.lagMs, 3);
});

test("the process is looked at once a second at most", () => {
  const { vitals: subject, passes } = vitals();
  assert.equal(subject.usage().residentBytes, 1);
  passes(999);
  assert.equal(subject.usage().residentBytes, 1);
  passes(1);
  assert.equal(subject.usage().residentBytes, 2);
});

test("headroom is what descriptors leave where they are fewer than the sessions that may be", () => {
  assert.equal(vitals().vitals.headroom, 10);
});
