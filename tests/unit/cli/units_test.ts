// Numbers as people read them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesText, countText, spanText } from "../../../src/cli/units.ts";

test("counts are grouped by thousands", () => {
  assert.deepEqual([0, 999, 1000, 1_234_567].map(countText), ["0", "999", "1 000", "1 234 567"]);
});

test("bytes have one digit behind the point below ten", () => {
  assert.deepEqual(
    [0, 1023, 1024, 1153434, 20 * 2 ** 20, 2 ** 50].map(bytesText),
    ["0 B", "1023 B", "1 KiB", "1.1 MiB", "20 MiB", "1024 TiB"],
  );
});

test("spans of time have two units at most", () => {
  const spans: [number, string][] = [
    [0.42, "0.4 ms"],
    [340, "340 ms"],
    [9500, "9.5 s"],
    [59_000, "59 s"],
    [60_000, "1m"],
    [7_440_000, "2h 4m"],
    [278_000_000, "3d 5h"],
  ];
  for (const [ms, text] of spans) assert.equal(spanText(ms), text);
});
