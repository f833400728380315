// Turns: when they end, who is flushed then, and that a fault in one session stays there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FLUSHES_PER_TURN_MAX } from "../../../src/limits/turn.ts";
import { World } from "../../../src/runtime/sim/world.ts";
import { Turns } from "../../../src/server/turns.ts";
import type { Session } from "../../../src/session/session.ts";

/** Turns, and sessions that write down when they are flushed. */
function turnsWithSessions() {
  const world = new World(1);
  const faults: [session: Session, error: unknown][] = [];
  const flushed: string[] = [];
  const flushes = new Map<Session, () => void>();
  const turns = new Turns(
    world.clock,
    (session) => flushes.get(session)!(),
    (session, error) => faults.push([session, error]),
  );
  const session = (name: string, does: () => void = () => {}) => {
    const session = { isTouched: false, isDeferred: false } as Session;
    flushes.set(session, () => {
      flushed.push(name);
      does();
    });
    return session;
  };
  return { world, turns, faults, flushed, session };
}

test("everybody who was touched is flushed once, at the end of the turn", () => {
  const { turns, flushed, session } = turnsWithSessions();
  const [one, other] = [session("one"), session("other")];
  turns.run(() => {
    for (const touched of [one, other, one, one]) turns.touch(touched);
    assert.deepEqual(flushed, []);
  });
  assert.deepEqual(flushed, ["one", "other"]);
  turns.run(() => {});
  assert.equal(flushed.length, 2);
});

test("a turn inside of a turn is a part of it", () => {
  const { turns, flushed, session } = turnsWithSessions();
  turns.enter();
  turns.run(() => turns.run(() => turns.touch(session("one"))));
  assert.deepEqual(flushed, []);
  turns.leave();
  assert.deepEqual(flushed, ["one"]);
});

test("who is touched by a flush is flushed in the same turn, also one that was flushed already", () => {
  const { turns, flushed, session } = turnsWithSessions();
  const first = session("first");
  const second = session("second", () => turns.run(() => [first, third].forEach(touch)));
  const third = session("third");
  const touch = (session: Session) => turns.touch(session);
  turns.run(() => [first, second].forEach(touch));
  assert.deepEqual(flushed, ["first", "second", "first", "third"]);
});

test("time stands still during a turn, also while its nested ones begin", () => {
  const { world, turns } = turnsWithSessions();
  world.runFor(100);
  turns.enter();
  assert.equal(turns.now, 100);
  world.runFor(50);
  turns.run(() => assert.equal(turns.now, 100));
  turns.leave();
  turns.run(() => assert.equal(turns.now, 150));
});

test("a turn whose work throws ends all the same, and flushes", () => {
  const { turns, flushed, session } = turnsWithSessions();
  const fault = () => {
    turns.touch(session("one"));
    throw new Error("A fault");
  };
  assert.throws(() => turns.run(() => turns.run(fault)), /A fault/);
  assert.deepEqual(flushed, ["one"]);
  turns.run(() => turns.touch(session("two")));
  assert.deepEqual(flushed, ["one", "two"]);
});

test("a flush that throws is told with its session, and the others are flushed", () => {
  const { turns, faults, flushed, session } = turnsWithSessions();
  const broken = session("broken", () => {
    throw new Error("A fault");
  });
  turns.run(() => [session("before"), broken, session("behind")].forEach((s) => turns.touch(s)));
  assert.deepEqual(flushed, ["before", "broken", "behind"]);
  assert.deepEqual(faults, [[broken, new Error("A fault")]]);
  turns.run(() => turns.touch(session("next")));
  assert.equal(flushed.at(-1), "next");
});

test("what goes to many is spread over turns, in order, and whoever is touched meanwhile does not wait for it", () => {
  const { world, turns, flushed, session } = turnsWithSessions();
  const many = Array.from({ length: 2 * FLUSHES_PER_TURN_MAX + 1 }, (_, i) => session(`${i}`));
  turns.run(() => [...many, ...many].forEach((one) => turns.touchLater(one)));
  assert.equal(flushed.length, FLUSHES_PER_TURN_MAX);
  turns.run(() => [session("other"), many.at(-1)!].forEach((one) => turns.touch(one)));
  assert.deepEqual(flushed.slice(FLUSHES_PER_TURN_MAX), ["other", `${many.length - 1}`]);
  world.runFor(10);
  assert.deepEqual(
    flushed.filter((name) => name !== "other").slice(0, FLUSHES_PER_TURN_MAX),
    many.slice(0, FLUSHES_PER_TURN_MAX).map((_, i) => `${i}`),
  );
  assert.equal(new Set(flushed).size, many.length + 1);
  turns.run(() => turns.touchLater(many[0]!));
  assert.equal(flushed.at(-1), "0");
});
