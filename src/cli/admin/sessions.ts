// The command `sessions`: the live sessions as a table, or all that is known of one.

import { escapeControls } from "../../base/text.ts";
import { list } from "./api.ts";
import { type AdminContext, inPath, printJson, printLines } from "./context.ts";
import { countOf, readFilter } from "./filter.ts";
import { LIMIT, REVERSE, SORT, SORT_FIELDS } from "./options.ts";
import { type CommandLine, valueOf } from "../parse.ts";
import { type Column, table } from "../table.ts";
import { bytesText, spanText } from "../units.ts";

/** What of a session is shown. */
export interface SessionRow {
  readonly id: string;
  readonly user: string;
  readonly address: string;
  readonly state: string;
  readonly client: string;
  readonly createdAt: string;
  readonly rttMs: number | null;
  readonly queuedBytes: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

/** Items of a list where nobody says how many, and the most there can be. */
export const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1_000_000;

/** The columns of a table of sessions. */
export const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  { title: "SESSION", of: ({ id }) => id },
  { title: "USER", of: ({ user }) => user || "-", widthMin: 8 },
  { title: "ADDRESS", of: ({ address }) => address, widthMin: 15 },
  { title: "STATE", of: ({ state }) => state, isExtra: true },
  { title: "RTT", of: ({ rttMs }) => rttText(rttMs), isNumber: true, isExtra: true },
  {
    title: "QUEUED",
    of: ({ queuedBytes }) => bytesText(queuedBytes),
    isNumber: true,
    isExtra: true,
  },
  { title: "AGE", of: ({ createdAt }) => ageText(createdAt), isNumber: true, isExtra: true },
  {
    title: "IN",
    of: ({ bytesReceived }) => bytesText(bytesReceived),
    isNumber: true,
    isExtra: true,
  },
  { title: "OUT", of: ({ bytesSent }) => bytesText(bytesSent), isNumber: true, isExtra: true },
  { title: "CLIENT", of: ({ client }) => client || "-", widthMin: 8, isExtra: true },
];

/** A round trip, where it was measured. */
export function rttText(rttMs: number | null): string {
  return rttMs === null ? "-" : spanText(rttMs);
}

/** The order that was asked for, as the API wants it: by itself it lists the largest first. */
export function sortOf(line: CommandLine, byDefault: string): string {
  const name = valueOf(line, SORT) ?? byDefault;
  const field = Object.hasOwn(SORT_FIELDS, name) ? SORT_FIELDS[name]! : name;
  return line.options.has(REVERSE.flag) ? field : `-${field}`;
}

/** Lists sessions, or shows one. */
export async function sessions(context: AdminContext): Promise<void> {
  const [id] = context.line.words;
  return await (id === undefined ? listed(context) : one(context, id));
}

async function listed(context: AdminContext): Promise<void> {
  const { host, line, api, asJson } = context;
  const limit = countOf(line, LIMIT, LIMIT_MAX) ?? LIMIT_DEFAULT;
  const query = { ...readFilter(line), sort: sortOf(line, "created") };
  const found = await list<SessionRow>(api, "/api/v1/sessions", query, limit);
  if (asJson) return printJson(context, found);
  if (found.items.length === 0) return printLines(context, ["No session matches"]);
  printLines(context, [
    ...table(found.items, SESSION_COLUMNS, host.terminal()?.columns),
    ...(found.nextCursor === null ? [] : [`There are more: --limit ${limit * 10}`]),
  ]);
}

async function one(context: AdminContext, id: string): Promise<void> {
  const session = await context.api({ method: "GET", path: `/api/v1/sessions/${inPath(id)}` });
  if (context.asJson) return printJson(context, session);
  const entries = Object.entries(session);
  const width = Math.max(...entries.map(([name]) => name.length));
  printLines(
    context,
    entries.map(([name, value]) => `${name.padEnd(width)}  ${valueText(value)}`.trimEnd()),
  );
}

function valueText(value: unknown): string {
  if (value === null) return "-";
  return escapeControls(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function ageText(createdAt: string): string {
  return spanText(Math.max(0, Date.now() - Date.parse(createdAt)));
}
