// The pacer by itself, on a sentinel that looks at the sockets when the test says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Paced, Pacer } from "../../../../src/runtime/deno/pacer.ts";

/** A sentinel in the test's hand. */
class FakeSentinel {
  #callbacks: (() => void)[] = [];

  get isAsked(): boolean {
    return this.#callbacks.length > 0;
  }

  afterIo(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  look(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }
}

interface Scene {
  sentinel: FakeSentinel;
  pacer: Pacer;
  /** Who started, in order, since the last look. */
  started: number[];
  /** Connection `number` has one operation to start. */
  ask(number: number): void;
}

function scene(connections: number): Scene {
  const sentinel = new FakeSentinel();
  const pacer = new Pacer(sentinel);
  pacer.connections = connections;
  const started: number[] = [];
  return {
    sentinel,
    pacer,
    started,
    ask(number) {
      const paced: Paced = { startOperations: () => started.push(number) && 1 };
      if (pacer.mayStart(paced)) started.push(number);
    },
  };
}

test("up to 64 connections start everything at once and ask no sentinel", () => {
  const { sentinel, started, ask } = scene(64);
  for (let i = 0; i < 500; i++) ask(i);
  assert.equal(started.length, 500);
  assert.equal(sentinel.isAsked, false);
});

test("more connections start at most 80 operations between two looks at the sockets", () => {
  const { sentinel, started, ask } = scene(1000);
  for (let i = 0; i < 200; i++) ask(i);
  const counts = [started.length];
  while (sentinel.isAsked) {
    started.length = 0;
    sentinel.look();
    counts.push(started.length);
  }
  assert.deepEqual(counts, [80, 80, 40, 0]);
});

test("those who wait start in the order in which they came, before anyone who comes later", () => {
  const { sentinel, started, ask } = scene(1000);
  const order: number[] = [];
  for (let i = 0; i < 160; i++) ask(i);
  order.push(...started.splice(0));
  for (let i = 160; i < 250; i++) ask(i);
  while (sentinel.isAsked) {
    sentinel.look();
    order.push(...started.splice(0));
  }
  assert.deepEqual(order, Array.from({ length: 250 }, (_, i) => i));
});

test("an operation that a connection starts when its turn comes counts, however many those are", () => {
  const { sentinel, pacer } = scene(1000);
  let started = 0;
  const pair: Paced = { startOperations: () => (started += 2) && 2 };
  for (let i = 0; i < 80; i++) assert.equal(pacer.mayStart(pair), true);
  for (let i = 0; i < 60; i++) assert.equal(pacer.mayStart(pair), false);
  sentinel.look();
  assert.equal(started, 80);
});

test("those who wait start even when the connections become few", () => {
  const { sentinel, pacer, started, ask } = scene(1000);
  for (let i = 0; i < 100; i++) ask(i);
  pacer.connections = 2;
  sentinel.look();
  assert.equal(started.length, 100);
});

test("without anything to start the sentinel rests", () => {
  const { sentinel, ask } = scene(1000);
  ask(1);
  sentinel.look();
  sentinel.look();
  assert.equal(sentinel.isAsked, false);
});
