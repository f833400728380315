// Durations: what is read, what is refused, and that writing and reading agree.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../src/config/duration.ts";

test("parseDuration() adds up hours, minutes, seconds and milliseconds", () => {
  const cases: [string, number][] = [
    ["0s", 0],
    ["500ms", 500],
    ["30s", 30_000],
    ["1m 30s", 90_000],
    ["1m30s", 90_000],
    ["90m", 5_400_000],
    ["2h", 7_200_000],
    ["1h 1m 1s 1ms", 3_661_001],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

test("parseDuration() refuses what is no duration", () => {
  const cases = [
    "",
    "30",
    "s",
    "-1s",
    "1.5s",
    "1d",
    "30 s",
    " 30s",
    "30s ",
    "30S",
    "1s 1m",
    "1s 1s",
  ];
  for (const text of cases) assert.equal(parseDuration(text), NaN, text);
});

test("formatDuration() leaves out what is zero", () => {
  assert.equal(formatDuration(0), "0s");
  assert.equal(formatDuration(90_000), "1m 30s");
  assert.equal(formatDuration(3_600_005), "1h 5ms");
});

test("parseDuration() reads what formatDuration() writes", () => {
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
});
