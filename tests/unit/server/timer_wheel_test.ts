// The timer wheel: everything at its time and nothing before it, on one timer that is there only while it is needed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Entry, HORIZON_MS, SLOT_MS, turning } from "./wheel_entries.ts";

test("an entry is due at its time, never earlier, and at most a slot later", () => {
  for (const start of [0, 12_345.678]) {
    for (
      const delay of [0, 1, 49, 50, 51, 999.5, HORIZON_MS - 50, HORIZON_MS, 200_000, 3_600_000]
    ) {
      const { world, wheel, now } = turning(start);
      let fired = -1;
      wheel.schedule(new Entry(() => fired = now()), start + delay);
      world.runUntilIdle();
      assert(fired >= start + delay && fired <= start + delay + SLOT_MS, `${delay}: ${fired}`);
    }
  }
});

test("many entries are due each at its time, also at the same", () => {
  const { world, wheel, now } = turning();
  let count = 0;
  for (let i = 0; i < 20_000; i++) {
    const at = (i * 7) % 130_000;
    wheel.schedule(
      new Entry(() => {
        count++;
        assert(now() >= at && now() <= at + SLOT_MS, `${at}: ${now()}`);
      }),
      at,
    );
  }
  assert.equal(wheel.size, 20_000);
  assert.equal(world.timers, 1);
  world.runUntilIdle();
  assert.deepEqual([count, wheel.size, world.timers], [20_000, 0, 0]);
});

test("an earlier time replaces a later one; a later one is not heard", () => {
  const { world, wheel, now } = turning();
  const fired: number[] = [];
  const entry = new Entry(() => fired.push(now()));
  wheel.schedule(entry, 10_000);
  wheel.schedule(entry, 2000);
  wheel.schedule(entry, 5000);
  wheel.schedule(entry, Infinity);
  assert.equal(wheel.size, 1);
  world.runUntilIdle();
  assert.deepEqual(fired, [2000]);
});

test("an entry that was cancelled is not due, and can be scheduled later than before", () => {
  const { world, wheel, now } = turning();
  const fired: number[] = [];
  const [one, other] = [new Entry(() => fired.push(now())), new Entry(() => fired.push(now()))];
  wheel.schedule(one, 1000);
  wheel.schedule(other, 1000);
  wheel.cancel(one);
  wheel.cancel(one);
  assert.equal(wheel.size, 1);
  wheel.schedule(one, 3000);
  world.runUntilIdle();
  assert.deepEqual(fired, [1000, 3000]);
});

test("an entry may cancel another one of its slot, or all of them, when it is due", () => {
  for (const at of [500, 60_000]) {
    const { world, wheel } = turning();
    let fired = 0;
    const entries: Entry[] = [];
    for (let i = 0; i < 5; i++) {
      entries.push(
        new Entry(() => {
          fired++;
          for (const entry of entries) wheel.cancel(entry);
        }),
      );
    }
    for (const entry of entries) wheel.schedule(entry, at);
    world.runUntilIdle();
    assert.deepEqual([fired, wheel.size, world.timers], [1, 0, 0]);
  }
});

test("an entry may be scheduled again, or others, from inside: now, soon and beyond the horizon", () => {
  const { world, wheel, now } = turning();
  const fired: string[] = [];
  const note = (name: string, at: number) =>
    new Entry(() => {
      assert(now() >= at && now() <= at + SLOT_MS, `${name}: ${now()}`);
      fired.push(name);
    });
  const first = new Entry(() => {
    fired.push("first");
    if (now() > 1000) return;
    wheel.schedule(first, now());
    wheel.schedule(note("past", now()), now() - 1000);
    wheel.schedule(note("soon", now() + 70), now() + 70);
    wheel.schedule(note("far", now() + 70_000), now() + 70_000);
  });
  wheel.schedule(first, 1000);
  wheel.schedule(note("same", 1000), 1000);
  world.runUntilIdle();
  assert.deepEqual(fired.toSorted(), ["far", "first", "first", "past", "same", "soon"]);
  assert.equal(fired.at(-1), "far");
  assert.equal(world.timers, 0);
});

test("a wheel that stood empty for long goes on at the right moment, with one timer", () => {
  let timers = 0;
  const { world, wheel, now } = turning(77.7, () => (timers++, 0));
  for (const gap of [10, 1000, HORIZON_MS * 3 + 17, 49_999.5]) {
    world.runFor(gap);
    timers = 0;
    let fired = -1;
    const at = now() + 120;
    wheel.schedule(new Entry(() => fired = now()), at);
    world.runFor(200);
    assert(fired >= at && fired <= at + SLOT_MS, `${gap}: ${fired - at}`);
    assert.deepEqual([timers, world.timers], [1, 0]);
  }
});

test("an entry that is scheduled long after the last one was due has its time kept too", () => {
  const { world, wheel, now } = turning();
  let [early, late] = [-1, -1];
  wheel.schedule(new Entry(() => late = now()), 50_000);
  world.runFor(49_000);
  wheel.schedule(new Entry(() => early = now()), 49_020);
  world.runUntilIdle();
  assert.deepEqual([early, late], [49_050, 50_000]);
});

test("timers that come late, or a machine that slept, lose nothing", () => {
  let lateMs = 0;
  const { world, wheel, now } = turning(0, () => lateMs);
  const fired: number[] = [];
  for (const at of [1000, 2000, 70_000, 150_000, 400_000]) {
    wheel.schedule(new Entry(() => fired.push(at)), at);
  }
  lateMs = 200_000;
  wheel.schedule(new Entry(() => fired.push(10)), 10);
  world.runUntil(() => fired.length > 0);
  assert.equal(now(), 200_050);
  assert.deepEqual(fired, [10, 1000, 2000, 70_000, 150_000]);
  lateMs = 0;
  world.runUntil(() => fired.length === 6);
  assert.equal(wheel.size, 0);
});

test("a timer that comes early makes nothing due early", () => {
  const { world, wheel, now } = turning(0, () => -0.7);
  for (const at of [100, 250, 70_000]) {
    wheel.schedule(new Entry(() => assert(now() >= at, `${now()}`)), at);
  }
  world.runUntilIdle();
  assert.equal(wheel.size, 0);
});

test("the clock holds one timer while something is due, and none otherwise", () => {
  const { world, wheel } = turning();
  const entries = Array.from({ length: 100 }, () => new Entry(() => {}));
  entries.forEach((entry, i) => wheel.schedule(entry, 100_000 - i * 500));
  assert.equal(world.timers, 1);
  for (const entry of entries) wheel.cancel(entry);
  assert.deepEqual([world.timers, wheel.size], [0, 0]);
  wheel.schedule(entries[0]!, 1000);
  assert.equal(world.timers, 1);
  world.runUntilIdle();
  assert.equal(world.timers, 0);
});
