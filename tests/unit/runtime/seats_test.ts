// Seats: never more than the bound, whoever takes them, and none lost with a node that is gone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Seats } from "../../../src/runtime/seats.ts";

/** As many nodes as wanted, on the same seats. */
function nodes(count: number): Seats[] {
  const buffer = Seats.make(count);
  return Array.from({ length: count }, (_, index) => new Seats(buffer, index + 1));
}

test("the last seat is taken once, whoever asks, and again when it was given back", () => {
  const [first, second] = nodes(2) as [Seats, Seats];
  assert.deepEqual([first.take(2), second.take(2), first.take(2), second.take(2)], [
    true,
    true,
    false,
    false,
  ]);
  assert.equal(first.taken, 2);
  first.give();
  assert.equal(second.take(2), true);
  assert.deepEqual([first.takenBy(1), first.takenBy(2)], [0, 2]);
});

test("a lower bound lets nobody in until enough have left", () => {
  const [node] = nodes(1) as [Seats];
  for (let i = 0; i < 3; i++) assert.equal(node.take(3), true);
  node.give();
  assert.equal(node.take(1), false);
  node.give();
  node.give();
  assert.equal(node.take(1), true);
});

test("the supervisor sees all seats, and gives back those of a node that is gone", () => {
  const [first, second] = nodes(2) as [Seats, Seats];
  const supervisor = new Seats(first.buffer, 0);
  for (let i = 0; i < 5; i++) first.take(10);
  second.take(10);
  assert.equal(supervisor.taken, 6);
  supervisor.giveAllOf(1);
  assert.deepEqual([supervisor.taken, supervisor.takenBy(1), supervisor.takenBy(2)], [1, 0, 1]);
});

test("what nobody may do is refused: a seat for the supervisor, one too many back, an unknown node", () => {
  const buffer = Seats.make(1);
  assert.throws(() => new Seats(buffer, 0).take(1), /supervisor/);
  assert.throws(() => new Seats(buffer, 1).give(), /taken/);
  assert.throws(() => new Seats(buffer, 2), /nodes/);
});
