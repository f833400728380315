// The seeded generator: repeatable, spread over its range, and never to change behind a recorded seed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../../src/base/prng.ts";

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

test("Prng gives the same numbers for the same seed, others for another", () => {
  const numbers = (seed: number) => {
    const prng = new Prng(seed);
    return draw(100, () => prng.u32());
  };
  assert.deepEqual(numbers(7), numbers(7));
  assert.notDeepEqual(numbers(7), numbers(8));
});

// Computed once with an implementation of sfc32 in another language. A seed kept from a failed simulation means
// nothing any more once these change.
test("Prng gives known first numbers", () => {
  const known = {
    "0": [4143336393, 177185503, 380008945, 2381108232],
    "1": [3739678614, 2725338478, 3923878172, 2212199553],
    "-1": [2903837132, 2757460323, 2032916747, 4182873111],
  };
  for (const [seed, numbers] of Object.entries(known)) {
    const prng = new Prng(Number(seed));
    assert.deepEqual(draw(4, () => prng.u32()), numbers, `seed ${seed}`);
  }
});

test("Prng takes the low 32 bits of its seed", () => {
  assert.equal(new Prng(2 ** 32 + 1).u32(), new Prng(1).u32());
  assert.equal(new Prng(2 ** 32 - 1).u32(), new Prng(-1).u32());
});

test("Prng.between() reaches both its bounds and nothing else", () => {
  const prng = new Prng(1);
  assert.deepEqual(new Set(draw(1000, () => prng.between(-2, 3))), new Set([-2, -1, 0, 1, 2, 3]));
  assert.deepEqual(new Set(draw(20, () => prng.between(5, 5))), new Set([5]));
});

test("Prng.unit() is spread over 0 to 1 without 1", () => {
  assert.equal(new Prng(1).unit(), 3739678614 / 2 ** 32);
  const prng = new Prng(1);
  const numbers = draw(1000, () => prng.unit());
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  for (let tenth = 0; tenth < 10; tenth++) {
    const inTenth = numbers.filter((number) => Math.floor(number * 10) === tenth).length;
    assert.ok(inTenth > 50 && inTenth < 150, `${inTenth} of 1000 in tenth ${tenth}`);
  }
});

test("Prng.chance() never holds at 0, always at 1, and about half the time at a half", () => {
  const prng = new Prng(1);
  const held = (probability: number) =>
    draw(1000, () => prng.chance(probability)).filter(Boolean).length;
  assert.equal(held(0), 0);
  assert.equal(held(1), 1000);
  assert.ok(Math.abs(held(0.5) - 500) < 100);
});
