// How the dashboard writes numbers, sizes and times.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, duration, number, several } from "../../../../src/admin/dashboard/format.js";

test("numbers have a space between thousands, and small ones a digit behind the point", () => {
  const written = [0, 0.44, 9.96, 12.4, 10_000, 1_234_567].map(number);
  assert.deepEqual(written, ["0", "0.4", "10", "12", "10\u202f000", "1\u202f234\u202f567"]);
});

test("sizes have the unit in which they are shortest", () => {
  const written = [0, 1023, 1024, 10_240, 1.5 * 2 ** 20, 5.9 * 2 ** 30].map(bytes);
  assert.deepEqual(written, ["0 B", "1023 B", "1.0 KiB", "10 KiB", "1.5 MiB", "5.9 GiB"]);
});

test("times have at most two units", () => {
  const written = [null, 0, 0.254, 4.44, 312.4, 1500, 59_000, 250_000, 11_100_000, 360_000_000]
    .map(duration);
  assert.deepEqual(written, [
    "–",
    "0 ms",
    "0.25 ms",
    "4.4 ms",
    "312 ms",
    "1.5 s",
    "59 s",
    "4 m 10 s",
    "3 h 5 m",
    "4 d 4 h",
  ]);
});

test("one is one", () => {
  assert.deepEqual([0, 1, 2].map((count) => several(count, "session")), [
    "0 sessions",
    "1 session",
    "2 sessions",
  ]);
});
