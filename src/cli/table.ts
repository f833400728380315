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

// First the columns that may be cut give way, the widest first; then extra ones go; what is left may be too wide.
function fit(filled: Filled[], width: number): void {
  for (;;) {
    const over = filled.reduce((sum, column) => sum + column.width, 0) +
      GAP.length * (filled.length - 1) - width;
    if (over <= 0) return;
    const [widest] = filled.filter(({ column, width }) => width > (column.widthMin ?? width))
      .sort((a, b) => b.width - a.width);
    if (widest !== undefined) {
      widest.width = Math.max(widest.column.widthMin!, widest.width - over);
      continue;
    }
    const extra = filled.findLastIndex(({ column }) => column.isExtra === true);
    if (extra < 0) return;
    filled.splice(extra, 1);
  }
}
