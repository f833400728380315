// The kinds of values that no built key uses in every way: they are to work on the day one does.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boolean,
  choice,
  countOrAuto,
  duration,
  list,
  size,
  text,
} from "../../../src/config/kinds.ts";

test("a list is read from an array, and from text with commas", () => {
  const kind = list();
  assert.deepEqual(kind.fromText("a, b,c"), ["a", "b", "c"]);
  assert.deepEqual(kind.schema.parse(["a", "b"]), ["a", "b"]);
  assert.equal(kind.schema.safeParse("a").success, false);
  assert.equal(kind.schema.safeParse([1]).success, false);
  assert.equal(kind.toToml(["a", 'b"']), '["a", "b\\""]');
});

test("the bounds of a duration and of a size are inclusive", () => {
  const between = { default: 1000, min: 1000, max: 2000 };
  for (const [raw, isTaken] of [["999ms", false], ["1s", true], ["2s", true], ["2001ms", false]]) {
    assert.equal(duration(between).schema.safeParse(raw).success, isTaken, String(raw));
  }
  for (const [raw, isTaken] of [[999, false], [1000, true], ["2000B", true], [2001, false]]) {
    assert.equal(size(between).schema.safeParse(raw).success, isTaken, String(raw));
  }
});

test("a size that is no whole number of KiB is written as its bytes", () => {
  const kind = size({ default: 0, min: 0, max: 2 ** 30 });
  assert.deepEqual([0, 1000, 1024, 2 ** 20].map(kind.toToml), ["0", "1000", '"1KiB"', '"1MiB"']);
});

test("a count is a number within its bounds, inclusive, or the word auto", () => {
  const { schema, fromText, toToml } = countOrAuto({ default: 1, min: 1, max: 8 });
  for (const [raw, isTaken] of [[0, false], [1, true], [8, true], [9, false], ["auto", true]]) {
    assert.equal(schema.safeParse(raw).success, isTaken, String(raw));
  }
  for (const raw of [1.5, "8", "", "Auto", null]) {
    assert.ok(!schema.safeParse(raw).success, `${raw}`);
  }
  assert.deepEqual(["auto", "8"].map(fromText), ["auto", 8]);
  assert.deepEqual([toToml("auto"), toToml(8)], ['"auto"', "8"]);
});

test("text of a boolean is true or false and nothing like it", () => {
  const { fromText, schema } = boolean(true);
  assert.equal(schema.parse(fromText("true")), true);
  assert.equal(schema.parse(fromText("false")), false);
  for (const word of ["yes", "1", "TRUE", ""]) {
    assert.equal(schema.safeParse(fromText(word)).success, false, word);
  }
});

test("what is allowed reads as a sentence", () => {
  assert.equal(choice(["a"], "a").allowed, '"a"');
  assert.equal(choice(["a", "b"], "a").allowed, '"a" or "b"');
  assert.equal(choice(["a", "b", "c"], "a").allowed, '"a", "b" or "c"');
  assert.equal(
    duration({ default: 0, min: 0, max: 90_000 }).allowed,
    'a duration from "0s" to "1m 30s"',
  );
  assert.equal(
    size({ default: 0, min: 0, max: 1024 }).allowed,
    'a size from "0B" to "1KiB", or its number of bytes',
  );
  assert.equal(text("", "a name").allowed, "a name");
});
