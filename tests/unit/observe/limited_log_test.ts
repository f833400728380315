// The limited log: a crowd writes ten lines a second, and one that says how many more there were.

import assert from "node:assert/strict";
import { test } from "node:test";
import { limitedLog } from "../../../src/observe/limited_log.ts";
import type { LogEvent, LogFields, LogLevel } from "../../../src/observe/log.ts";
import { World } from "../../../src/runtime/sim/world.ts";

/** A limited log on virtual time, and what it wrote. */
function limited() {
  const world = new World(1);
  const lines: [level: LogLevel, event: LogEvent, fields: LogFields][] = [];
  const log = limitedLog(world.clock, (...line) => lines.push(line));
  const refuse = (count: number) => {
    for (let i = 0; i < count; i++) log("info", "refused", { i });
  };
  return { world, lines, log, refuse };
}

test("up to ten lines a second are written as they come, and nothing is left out", () => {
  const { world, lines, refuse } = limited();
  refuse(10);
  world.runUntilIdle();
  assert.deepEqual(lines, Array.from({ length: 10 }, (_, i) => ["info", "refused", { i }]));
});

test("what is more is counted, and told when the second is over", () => {
  const { world, lines, refuse } = limited();
  refuse(6);
  world.runFor(500);
  refuse(1000);
  world.runFor(499);
  assert.equal(lines.length, 10);
  world.runFor(1);
  assert.deepEqual(lines.slice(10), [["info", "refused", { leftOut: 996 }]]);
});

test("the next second begins anew, also after a quiet time", () => {
  const { world, lines, refuse } = limited();
  for (let second = 0; second < 3; second++) {
    refuse(11);
    world.runFor(1000);
    assert.equal(lines.length, 11 * (second + 1));
    assert.deepEqual(lines.at(-1)![2], { leftOut: 1 });
  }
  world.runFor(60_000);
  refuse(1);
  world.runUntilIdle();
  assert.equal(lines.length, 34);
  assert.equal(world.timers, 0);
});

test("other events are never held back, nor counted with the refused ones", () => {
  const { world, lines, log, refuse } = limited();
  refuse(10);
  for (let i = 0; i < 100; i++) log("info", "session ended", { i });
  log("warning", "fault", {});
  world.runUntilIdle();
  assert.equal(lines.length, 111);
});
