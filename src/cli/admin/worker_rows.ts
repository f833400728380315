// The workers of a server as rows, where it has several.

import { paint } from "../paint.ts";
import { type Column, table } from "../table.ts";
import { countText, spanText } from "../units.ts";

/** What of a worker is shown; null where it did not answer. */
export interface WorkerRow {
  readonly node: number;
  readonly state: string;
  readonly sessions: number | null;
  readonly eventLoopLagMs: number | null;
  readonly restarts: number;
}

const COLUMNS: readonly Column<WorkerRow>[] = [
  { title: "WORKER", of: ({ node }) => String(node), isNumber: true },
  { title: "STATE", of: ({ state }) => state },
  {
    title: "SESSIONS",
    of: ({ sessions }) => sessions === null ? "-" : countText(sessions),
    isNumber: true,
    isExtra: true,
  },
  {
    title: "LATE BY",
    of: ({ eventLoopLagMs: lag }) => lag === null ? "-" : spanText(lag),
    isNumber: true,
    isExtra: true,
  },
  { title: "RESTARTS", of: ({ restarts }) => countText(restarts), isNumber: true, isExtra: true },
];

/** A blank line and a table of at most `rowsMax` workers; nothing where there is only one. */
export function workerLines(
  workers: readonly WorkerRow[],
  rowsMax: number,
  columns: number,
  hasColors: boolean,
): string[] {
  if (workers.length <= 1) return [];
  const shown = workers.length <= rowsMax ? workers : worstFirst(workers).slice(0, rowsMax);
  const [header, ...rows] = table(shown, COLUMNS, columns);
  const leftOut = workers.length - shown.length;
  return [
    "",
    header!,
    ...rows.map((row, i) => shown[i]!.state === "running" ? row : paint(row, "yellow", hasColors)),
    ...(leftOut === 0 ? [] : [`and ${leftOut} more`]),
  ];
}

function worstFirst(workers: readonly WorkerRow[]): WorkerRow[] {
  return workers.toSorted((a, b) =>
    Number(a.state === "running") - Number(b.state === "running") ||
    (b.eventLoopLagMs ?? 0) - (a.eventLoopLagMs ?? 0)
  );
}
