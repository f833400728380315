// Sizes: what is read, what is refused, and that writing and reading agree.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatSize, parseSize } from "../../../src/config/size.ts";

test("parseSize() knows four units of 1024", () => {
  assert.equal(parseSize("0B"), 0);
  assert.equal(parseSize("100B"), 100);
  assert.equal(parseSize("64KiB"), 65_536);
  assert.equal(parseSize("64 KiB"), 65_536);
  assert.equal(parseSize("3MiB"), 3_145_728);
  assert.equal(parseSize("1GiB"), 1_073_741_824);
});

test("parseSize() refuses what is no size", () => {
  for (const text of ["", "64", "KiB", "64KB", "64K", "64kib", "1.5MiB", "-1B", "1KiB 1B", " 1B"]) {
    assert.equal(parseSize(text), NaN, text);
  }
});

test("formatSize() takes the largest unit without a fraction", () => {
  assert.equal(formatSize(0), "0B");
  assert.equal(formatSize(1536), "1536B");
  assert.equal(formatSize(8192), "8KiB");
  assert.equal(formatSize(16 * 1024 * 1024), "16MiB");
});

test("parseSize() reads what formatSize() writes", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
});
