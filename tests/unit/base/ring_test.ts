// The bounded queue: order, bound, growth and giving back.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Ring } from "../../../src/base/ring.ts";

test("Ring gives items back in the order they came, while its head goes round", () => {
  const ring = new Ring<number>(5);
  let next = 0;
  let oldest = 0;
  for (let round = 0; round < 50; round++) {
    while (ring.push(next)) next++;
    assert.equal(ring.length, 5);
    for (let i = 0; i <= round % 5; i++) assert.equal(ring.shift(), oldest++);
  }
});

test("Ring grows in order, wherever its head is", () => {
  for (let head = 0; head < 20; head++) {
    const ring = new Ring<number>(100);
    ring.push(-1);
    for (let i = 0; i < head; i++) {
      ring.push(-1);
      ring.shift();
    }
    for (let i = 0; i < 40; i++) ring.push(i);
    assert.equal(ring.shift(), -1);
    for (let i = 0; i < 40; i++) assert.equal(ring.shift(), i, `head ${head}`);
  }
});

test("Ring refuses the item over its bound and stays as it was, for small and odd bounds too", () => {
  for (const itemsMax of [1, 2, 3, 7, 8, 9, 100]) {
    const ring = new Ring<number>(itemsMax);
    for (let i = 0; i < itemsMax; i++) assert.equal(ring.push(i), true);
    assert.equal(ring.push(-1), false);
    assert.equal(ring.length, itemsMax);
    for (let i = 0; i < itemsMax; i++) assert.equal(ring.shift(), i);
    assert.equal(ring.shift(), undefined);
  }
});

test("Ring.at() looks without taking, and is undefined past the end", () => {
  const ring = new Ring<string>(9);
  assert.equal(ring.at(0), undefined);
  ring.push("a");
  assert.deepEqual([ring.at(0), ring.at(1)], ["a", undefined]);
  for (const item of ["b", "c", "d"]) ring.push(item);
  ring.shift();
  assert.deepEqual([0, 1, 2, 3].map((i) => ring.at(i)), ["b", "c", "d", undefined]);
  assert.equal(ring.length, 3);
});

test("Ring keeps undefined as an item like any other", () => {
  const ring = new Ring<undefined>(2);
  assert.equal(ring.push(undefined), true);
  assert.equal(ring.push(undefined), true);
  assert.equal(ring.push(undefined), false);
  ring.shift();
  assert.equal(ring.length, 1);
});

test("Ring works on after clear() and after running empty", () => {
  const ring = new Ring<number>(20);
  for (const empty of [() => ring.clear(), () => Array.from({ length: 12 }, () => ring.shift())]) {
    for (let i = 0; i < 12; i++) ring.push(i);
    empty();
    assert.deepEqual([ring.length, ring.at(0), ring.shift()], [0, undefined, undefined]);
    ring.push(99);
    assert.deepEqual([ring.length, ring.shift(), ring.length], [1, 99, 0]);
  }
});

test("Ring refuses a bound that would never be met, as our own mistake", () => {
  for (const itemsMax of [0, -1, 2.5, NaN, Infinity]) {
    assert.throws(() => new Ring(itemsMax), /Assertion failed/, String(itemsMax));
  }
});

test("Ring does what an array with a bound does, whatever is asked of it", () => {
  // More pushes than the rest, so that the ring grows while its head is anywhere.
  const step = fc.constantFrom(..."+++++++++++++-------0");
  const bound = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(bound, fc.array(step, { maxLength: 150 }), (itemsMax, steps) => {
      const ring = new Ring<number>(itemsMax);
      const model: number[] = [];
      for (const [i, what] of steps.entries()) {
        if (what === "0") {
          ring.clear();
          model.length = 0;
        } else if (what === "-") {
          assert.equal(ring.shift(), model.shift());
        } else {
          assert.equal(ring.push(i), model.length < itemsMax);
          if (model.length < itemsMax) model.push(i);
        }
        assert.equal(ring.length, model.length);
        assert.deepEqual(model.map((_, index) => ring.at(index)), model);
        assert.equal(ring.at(model.length), undefined);
      }
    }),
    { numRuns: 100 },
  );
});
