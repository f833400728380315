// Virtual time: order, cancelling, and standing still until it is stepped.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualTime } from "../../../../src/runtime/sim/virtual_time.ts";

test("VirtualTime runs callbacks by moment, then in the order they were asked for", () => {
  const delays = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 });
  fc.assert(fc.property(delays, (delays) => {
    const time = new VirtualTime();
    const ran: [moment: number, index: number][] = [];
    delays.forEach((delay, index) => time.after(delay, () => ran.push([time.now, index])));
    while (time.step());
    const wanted = delays.map((delay, index) => [delay, index] as [number, number]);
    assert.deepEqual(ran, wanted.sort(([a, i], [b, j]) => a - b || i - j));
  }));
});

test("VirtualTime runs what a callback asks for at the same moment behind what waits", () => {
  const time = new VirtualTime();
  const ran: string[] = [];
  time.after(1, () => {
    ran.push("first");
    time.after(0, () => ran.push("third"));
  });
  time.after(1, () => ran.push("second"));
  while (time.step());
  assert.deepEqual([ran, time.now], [["first", "second", "third"], 1]);
});

test("VirtualTime never runs what was cancelled, nor goes to its moment", () => {
  const time = new VirtualTime();
  const ran: number[] = [];
  const cancel = [1, 2, 3].map((moment) => time.after(moment, () => ran.push(moment)));
  time.step();
  for (const one of cancel) one();
  assert.equal(time.next, undefined);
  assert.equal(time.step(), false);
  assert.deepEqual([ran, time.now], [[1], 1]);
});

test("VirtualTime.runFor() runs what is due and stands at the end of its span", () => {
  const time = new VirtualTime();
  const ran: number[] = [];
  for (const moment of [5, 10, 11]) time.after(moment, () => ran.push(moment));
  time.runFor(10);
  assert.deepEqual([ran, time.now, time.next], [[5, 10], 10, 11]);
});

test("VirtualTime goes on after a callback that threw, and cannot be stepped inside one", () => {
  const time = new VirtualTime();
  time.after(0, () => {
    throw new Error("A fault");
  });
  time.after(0, () => time.step());
  time.after(0, () => {});
  assert.throws(() => time.step(), /A fault/);
  assert.throws(() => time.step(), /Assertion failed/);
  assert.equal(time.step(), true);
});

test("VirtualTime finds a loop that never lets time pass", () => {
  const time = new VirtualTime();
  const again = () => void time.after(0, again);
  again();
  assert.throws(() => time.runFor(1), /time stands still/);
});
