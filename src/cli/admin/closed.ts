// The command `closed`: the sessions that ended lately, newest first.

import { list } from "./api.ts";
import { type AdminContext, printJson, printLines } from "./context.ts";
import { countOf, readFilter } from "./filter.ts";
import { CODE, LIMIT } from "./options.ts";
import { LIMIT_DEFAULT, LIMIT_MAX, rttText } from "./sessions.ts";
import { valueOf } from "../parse.ts";
import { type Column, table } from "../table.ts";
import { bytesText, dayText, spanText, timeText } from "../units.ts";

interface ClosedRow {
  readonly id: string;
  readonly user: string;
  readonly address: string;
  readonly name: string;
  readonly by: string;
  readonly message: string;
  readonly endedAt: string;
  readonly durationMs: number;
  readonly queuedBytes: number;
  readonly rttMs: number | null;
}

const COLUMNS: readonly Column<ClosedRow>[] = [
  { title: "ENDED (UTC)", of: ({ endedAt }) => `${dayText(endedAt)} ${timeText(endedAt)}` },
  { title: "WHY", of: ({ name }) => name },
  { title: "BY", of: ({ by }) => by },
  { title: "AFTER", of: ({ durationMs }) => spanText(durationMs), isNumber: true },
  { title: "USER", of: ({ user }) => user || "-", widthMin: 8 },
  { title: "ADDRESS", of: ({ address }) => address, widthMin: 15, isExtra: true },
  {
    title: "QUEUED",
    of: ({ queuedBytes }) => bytesText(queuedBytes),
    isNumber: true,
    isExtra: true,
  },
  { title: "RTT", of: ({ rttMs }) => rttText(rttMs), isNumber: true, isExtra: true },
  { title: "SESSION", of: ({ id }) => id, isExtra: true },
  { title: "MESSAGE", of: ({ message }) => message, widthMin: 12, isExtra: true },
];

/** Lists them. */
export async function closed(context: AdminContext): Promise<void> {
  const { host, line, api, asJson } = context;
  const limit = countOf(line, LIMIT, LIMIT_MAX) ?? LIMIT_DEFAULT;
  const code = valueOf(line, CODE);
  const query = { ...readFilter(line), ...(code !== undefined && { code }) };
  const found = await list<ClosedRow>(api, "/api/v1/closed", query, limit);
  if (asJson) return printJson(context, found);
  if (found.items.length === 0) {
    return printLines(context, ["No session that matches ended lately"]);
  }
  printLines(context, [
    ...table(found.items, COLUMNS, host.terminal()?.columns),
    ...(found.nextCursor === null ? [] : [`There are more: --limit ${limit * 10}`]),
  ]);
}
