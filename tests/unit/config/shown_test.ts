// Values in error messages: one line, short, harmless.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TomlDate } from "smol-toml";
import { shown, shownPart } from "../../../src/config/shown.ts";

test("shown() writes scalars as TOML does and names everything else", () => {
  assert.equal(shown(70_000), "70000");
  assert.equal(shown(-1.5), "-1.5");
  assert.equal(shown(2n ** 60n), "1152921504606846976");
  assert.equal(shown(true), "true");
  assert.equal(shown('a "b"'), '"a \\"b\\""');
  assert.equal(shown(["a"]), "an array");
  assert.equal(shown({ a: 1 }), "a table");
  assert.equal(shown(new TomlDate("2026-01-01")), "a date or time");
});

test("shown() keeps to one short line whatever a text holds", () => {
  assert.equal(shown("a\nb\u001b[2J\u202e\u009b"), '"a\\nb\\u001b[2J\\u{202e}\\u{9b}"');
  assert.equal(shown("x".repeat(61)), `"${"x".repeat(60)}…"`);
  assert.equal(shown("x".repeat(60)), `"${"x".repeat(60)}"`);
});

test("shownPart() quotes what is not a bare key", () => {
  assert.equal(shownPart("bytes_max-1"), "bytes_max-1");
  assert.equal(shownPart("a.b"), '"a.b"');
  assert.equal(shownPart(""), '""');
});
