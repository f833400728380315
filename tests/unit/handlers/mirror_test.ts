// What nodes say of themselves, kept by the others: in order, and whole again where something was lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bus, NodeListener, Reply, Subscriber } from "../../../src/bus/bus.ts";
import { seal } from "../../../src/bus/envelope.ts";
import { Mirror } from "../../../src/handlers/mirror.ts";
import { MIRROR_BEHIND_MAX } from "../../../src/limits/handlers.ts";

/** A mirror beside the node 2, which a test speaks for, and what it was given. */
function mirrorBeside() {
  let hear!: Subscriber;
  let tell!: NodeListener;
  const asked: ((replies: Reply[]) => void)[] = [];
  const bus: Bus = {
    self: 1,
    others: new Set([2]),
    onNode: (listener) => (tell = listener, () => {}),
    publish: () => {},
    subscribe: (_, subscriber) => (hear = subscriber, () => {}),
    request: () => new Promise((resolve) => asked.push(resolve)),
    serve: () => () => {},
  };
  const given: string[] = [];
  new Mirror<string, string>(bus, "letters", {
    whole: () => "",
    take: (_, change) => given.push(change),
    takeWhole: (_, whole) => given.push(`whole ${whole}`),
    forget: (node) => given.push(`forget ${node}`),
  });
  return {
    given,
    asked,
    tell: (change: "joined" | "left") => tell(2, change),
    say: (at: number, change?: string) =>
      hear(seal(change === undefined ? { at } : { at, change }), 2),
    async answer(at: number, whole: string) {
      asked.shift()!([{ from: 2, message: seal({ at, whole }) }]);
      await null;
    },
    async answerNothing() {
      asked.shift()!([]);
      await null;
    },
  };
}

test("the whole comes first, then what changed since, once and in order", async () => {
  const { given, asked, say, answer } = mirrorBeside();
  say(4, "d");
  say(5, "e");
  say(6, "f");
  assert.equal(asked.length, 1, "it is asked once");
  await answer(5, "abcde");
  say(7, "g");
  say(7);
  assert.deepEqual([given, asked.length], [["whole abcde", "f", "g"], 0]);
});

test("who lost a change asks: when the next one comes, or when it hears how many there were", async () => {
  const { given, asked, say, answer } = mirrorBeside();
  await answer(0, "");
  say(2, "b");
  assert.equal(asked.length, 1);
  await answer(2, "ab");
  say(3);
  assert.equal(asked.length, 1);
  await answer(3, "abc");
  assert.deepEqual(given, ["whole ", "whole ab", "whole abc"]);
});

test("an answer that does not come is asked for again by what is said next", async () => {
  const { given, asked, say, answer, answerNothing } = mirrorBeside();
  await answerNothing();
  say(2, "b");
  await answer(2, "ab");
  assert.deepEqual([given, asked.length], [["whole ab"], 0]);
});

test("who was there from the first change on need not ask", async () => {
  const { given, asked, say, answerNothing } = mirrorBeside();
  await answerNothing();
  say(0);
  say(1, "a");
  assert.deepEqual([given, asked.length], [["a"], 0]);
});

test("what a node said is forgotten with it, also what it says too late", async () => {
  const { given, asked, tell, answer } = mirrorBeside();
  tell("left");
  await answer(3, "abc");
  assert.deepEqual(given, ["forget 2"]);
  tell("joined");
  assert.equal(asked.length, 1);
  await answer(0, "");
  assert.deepEqual(given, ["forget 2", "whole "]);
});

test("no more waits for the whole than the bound, and what is dropped is asked for", async () => {
  const { given, asked, say, answer } = mirrorBeside();
  for (let at = 1; at <= MIRROR_BEHIND_MAX + 2; at++) say(at, "x");
  await answer(0, "");
  assert.equal(given.length, 1 + MIRROR_BEHIND_MAX);
  say(MIRROR_BEHIND_MAX + 3, "y");
  assert.equal(asked.length, 1);
});
