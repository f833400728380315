// Moments of a clock as times of day: they stand still, unless somebody sets the clock of the machine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isoTime, wallTimeOf } from "../../../src/admin/wall_time.ts";

/** Calls `body` with a clock of its own, and a time of day that it may set. */
function withTimes(body: (times: { now: number; day: number }) => void): void {
  const { now: machine } = Date;
  const times = { now: 0, day: 1_000_000 };
  Date.now = () => times.day;
  try {
    body(times);
  } finally {
    Date.now = machine;
  }
}

test("a moment has the same time whenever somebody asks, although the two clocks do not tick together", () => {
  withTimes((times) => {
    const wall = wallTimeOf({ now: () => times.now });
    const first = wall(100.25);
    for (let i = 1; i < 100; i++) {
      times.now += 10.7;
      times.day += i % 2 === 0 ? 10 : 11;
      assert.equal(wall(100.25), first);
    }
    assert.equal(first, 1_000_100.25);
    assert.equal(isoTime(first), "1970-01-01T00:16:40.100Z");
  });
});

test("a clock that was set is followed", () => {
  withTimes((times) => {
    const wall = wallTimeOf({ now: () => times.now });
    times.day += 3_600_000;
    assert.equal(wall(times.now), times.day);
    times.day -= 7_200_000;
    assert.equal(wall(times.now), times.day);
  });
});
