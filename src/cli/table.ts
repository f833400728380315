// Rows of text in columns that fit a terminal. What peers sent is escaped here, so that no cell can leave its place.

import { escapeControls } from "../base/text.ts";
import { cut, pad, widthOf } from "./text_width.ts";

/** One column. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  /** Numbers stand on the right. */
  readonly isNumber?: true;
  /** It may be cut to this many columns. */
  readonly widthMin?: number;
  /** It is left out where there is no room; the last one goes first. */
  readonly isExtra?: true;
}

const GAP = "  ";

/** A header and a line for each row. `width` is the terminal's; without one nothing is cut or left out. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number = Infinity,
): string[] {
  const filled = columns.map((column) => {
    const cells = [column.title, ...rows.map((row) => escapeControls(column.of(row)))];
    return { column, cells, width: Math.max(...cells.map(widthOf)) };
  });
  fit(filled, width);
  return ["", ...rows].map((_, line) =>
    filled.map(({ column, cells, width }) =>
      pad(cut(cells[line]!, width), width, column.isNumber === true ? "right" : "left")
    ).join(GAP).trimEnd()
  );
}

interface Filled {
  readonly column: { readonly widthMin?: number; readonly isExtra?: true };
  width: number;
}

// Extra columns go until the others fit as narrow as they may be; then the widest of those give way.
function fit(filled: Filled[], width: number): void {
  const over = (widthOf: (column: Filled) => number) =>
    filled.reduce((sum, column) => sum + widthOf(column) + GAP.length, -GAP.length) - width;
  while (over(narrowest) > 0) {
    const extra = filled.findLastIndex(({ column }) => column.isExtra === true);
    if (extra < 0) break;
    filled.splice(extra, 1);
  }
  for (;;) {
    const excess = over((column) => column.width);
    const [widest] = filled.filter((column) => column.width > narrowest(column))
      .sort((a, b) => b.width - a.width);
    if (excess <= 0 || widest === undefined) return;
    widest.width = Math.max(narrowest(widest), widest.width - excess);
  }
}

function narrowest({ column, width }: Filled): number {
  return Math.min(width, column.widthMin ?? width);
}
