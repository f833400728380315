// Tables: columns that line up, and what gives way where there is no room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, table } from "../../../src/cli/table.ts";
import { cut, pad, widthOf } from "../../../src/cli/text_width.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "ID", of: ({ id }) => id },
  { title: "NAME", of: ({ name }) => name, widthMin: 4 },
  { title: "SIZE", of: ({ size }) => String(size), isNumber: true, isExtra: true },
];

const ROWS: readonly Row[] = [
  { id: "a", name: "somebody", size: 5 },
  { id: "bb", name: "x", size: 12345 },
];

test("columns are as wide as what stands in them, numbers on the right", () => {
  assert.deepEqual(table(ROWS, COLUMNS), [
    "ID  NAME       SIZE",
    "a   somebody      5",
    "bb  x         12345",
  ]);
  assert.deepEqual(table([], COLUMNS), ["ID  NAME  SIZE"]);
});

test("extra columns go where nothing else helps, and what is left is cut where it must be", () => {
  assert.deepEqual(table(ROWS, COLUMNS, 17), [
    "ID  NAME     SIZE",
    "a   someb…      5",
    "bb  x       12345",
  ]);
  assert.deepEqual(table(ROWS, COLUMNS, 14), ["ID  NAME", "a   somebody", "bb  x"]);
  assert.deepEqual(table(ROWS, COLUMNS, 3), ["ID  NAME", "a   som…", "bb  x"]);
});

test("wide characters take two columns, marks none", () => {
  assert.deepEqual(["abc", "漢字", "e\u0301", "🙂", "…"].map(widthOf), [3, 4, 1, 2, 1]);
  assert.equal(cut("漢字漢字", 5), "漢字…");
  assert.equal(cut("漢字漢字", 4), "漢…");
  assert.equal(pad("漢", 4, "left"), "漢  ");
  assert.equal(pad("漢", 4, "right"), "  漢");
});
