// Any schedule, any cancelling, any waiting: the wheel does what a plain list of times does, to within a slot.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Entry, HORIZON_MS, SLOT_MS, turning } from "./wheel_entries.ts";

const ENTRIES = 12;

/** What is done to an entry, or that time passes. */
interface Step {
  readonly does: "schedule" | "cancel" | "wait";
  readonly index: number;
  readonly ms: number;
}

const ms = fc.oneof(
  fc.integer({ min: -100, max: 300 }),
  fc.double({ min: 0, max: 2000, noNaN: true }),
  fc.integer({ min: HORIZON_MS - 200, max: HORIZON_MS + 200 }),
  fc.integer({ min: 0, max: 4 * HORIZON_MS }),
);
const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom("schedule", "schedule", "schedule", "cancel", "wait"),
  index: fc.nat(ENTRIES - 1),
  ms,
});

test("the wheel agrees with a list: each entry once, not before its time, at most a slot after", () => {
  const steps = fc.array(step, { maxLength: 60, size: "max" });
  // What each entry does when it is due, mostly nothing.
  const inside = fc.array(fc.option(step, { freq: 1 }), { minLength: ENTRIES, maxLength: ENTRIES });
  const start = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(start, steps, inside, (start, steps, inside) => {
      const { world, wheel, now } = turning(start);
      /** When each entry has to be due: the list. `asked` is when that was said. */
      const due = new Map<number, { at: number; asked: number }>();
      const entries = Array.from({ length: ENTRIES }, (_, index) => {
        return new Entry(() => {
          const wanted = due.get(index);
          assert(wanted !== undefined, "due, though not asked for");
          due.delete(index);
          assert(now() >= wanted.at, "early");
          checkLate(wanted, now());
          const step = inside[index]!;
          inside[index] = null;
          if (step !== null) take(step);
        });
      });
      const take = ({ does, index, ms }: Step) => {
        const at = now() + ms;
        if (does === "cancel") {
          wheel.cancel(entries[index]!);
          due.delete(index);
        } else if (does === "schedule") {
          wheel.schedule(entries[index]!, at);
          const before = due.get(index);
          if (before === undefined || at < before.at) due.set(index, { at, asked: now() });
        }
      };
      for (const step of steps) {
        take(step);
        if (step.does === "wait" && step.ms > 0) world.runFor(step.ms);
        for (const wanted of due.values()) checkLate(wanted, now());
        assert.equal(wheel.size, due.size);
        assert.equal(world.timers, due.size === 0 ? 0 : 1);
      }
      world.runUntilIdle();
      assert.deepEqual([due.size, wheel.size, world.timers], [0, 0, 0]);
    }),
    { numRuns: 1500 },
  );
});

function checkLate({ at, asked }: { at: number; asked: number }, now: number): void {
  // A timer that comes a rounding error early is set again, a millisecond later.
  const limit = Math.max(at, asked) + SLOT_MS + 1.001;
  assert(now <= limit, `late: ${now - Math.max(at, asked)} ms`);
}
