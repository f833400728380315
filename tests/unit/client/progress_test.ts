// Numbered frames: which are new, which came twice, which are missing, and what is acknowledged when.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Welcome } from "../../../src/client/handshake.ts";
import { Progress } from "../../../src/client/progress.ts";

function welcome(session: string, secret?: string, recovered = false, gap = false): Welcome {
  return {
    session,
    node: "",
    server: "",
    timeoutMs: 90_000,
    frameBytesMax: 1_000,
    features: [],
    ...(secret === undefined ? {} : { resume: { secret, recovered, gap } }),
  };
}

test("Progress drops what came before and counts what is missing", () => {
  const progress = new Progress();
  assert.equal(progress.begin(welcome("a", "1")), "first");
  assert.deepEqual([1, 2, 2, 1, 3, 7, 8].map((sequence) => progress.take(sequence, 20)), [
    0,
    0,
    -1,
    -1,
    0,
    3,
    0,
  ]);
  assert.deepEqual(progress.resume, { session: "a", secret: "1", received: 8 });
});

test("Progress goes on counting after a recovery, and starts again in a fresh session", () => {
  const progress = new Progress();
  progress.begin(welcome("a", "1"));
  progress.take(1, 20);
  assert.equal(progress.begin(welcome("a", "2", true)), "recovered");
  assert.equal(progress.take(1, 20), -1);
  assert.equal(progress.take(2, 20), 0);
  assert.equal(progress.begin(welcome("b", "3")), "fresh");
  assert.equal(progress.take(1, 20), 0);
});

test("Progress does not count a hole again that the server has told of", () => {
  const progress = new Progress();
  progress.begin(welcome("a", "1"));
  progress.begin(welcome("a", "2", true, true));
  assert.equal(progress.take(10, 20), 0);
  assert.equal(progress.take(12, 20), 1);
});

test("Progress knows a gap that the server tells of again, until a frame is behind it", () => {
  const progress = new Progress();
  const news = (gap: boolean) => {
    progress.begin(welcome("a", "2", true, gap));
    return progress.gapIsNews;
  };
  progress.begin(welcome("a", "1"));
  assert.deepEqual([false, true, true, false].map(news), [false, true, false, false]);
  assert.equal(progress.take(10, 20), 0);
  assert.equal(news(true), true);
  progress.begin(welcome("b", "3", false));
  assert.equal(progress.gapIsNews, false);
});

test("Progress asks for an acknowledgement after 64 frames or 64 KiB", () => {
  const progress = new Progress();
  progress.begin(welcome("a", "1"));
  for (let sequence = 1; sequence <= 63; sequence++) progress.take(sequence, 20);
  assert.equal(progress.ackDue, false);
  progress.take(64, 20);
  assert.equal(progress.ackDue, true);
  assert.deepEqual([...progress.acknowledgement()], [0, 0, 0, 0, 0, 0, 0, 64]);
  assert.equal(progress.ackDue, false);
  assert.equal(progress.hasNews, false);
  progress.take(65, 64 * 1024);
  assert.equal(progress.ackDue, true);
});

test("Progress has nothing to continue or to acknowledge where the server grants no resume", () => {
  const progress = new Progress();
  progress.begin(welcome("a"));
  assert.equal(progress.isResumable, false);
  assert.equal(progress.resume, undefined);
  assert.equal(progress.acknowledgement().length, 0);
});
