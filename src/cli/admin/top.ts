// The command `top`: the server and its sessions, drawn anew every second until a key or a signal ends it.

import { type AdminContext, printJson, printLines } from "./context.ts";
import { AnswerError } from "./errors.ts";
import { countOf, readFilter } from "./filter.ts";
import { LIMIT, ONCE, REVERSE, SORT, SORT_FIELDS } from "./options.ts";
import { HEAD_LINES, type Picture, pictureOf, type ServerState } from "./picture.ts";
import { LIMIT_MAX, type SessionRow, sortOf } from "./sessions.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { paint } from "../paint.ts";
import { type CommandLine, valueOf } from "../parse.ts";
import { cut } from "../text_width.ts";

/** Milliseconds between two pictures. */
const PACE_MS = 1000;

/** Sessions in a picture that is no terminal's. */
const ROWS = 20;

/** By what sessions are sorted first: who makes the server wait. */
const SORT_DEFAULT = "queued";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const END_OF_LINE = "\x1b[K";
const END_OF_SCREEN = "\x1b[J";

/** Keys that leave: q, Escape, Ctrl-C. */
const LEAVING = ["q", "Q", "\x1b", "\x03"];

/** Shows pictures; one only where that is asked for, or where there is no terminal to draw on. */
export async function top(context: AdminContext): Promise<number> {
  const { host, line, asJson } = context;
  if (!line.options.has(ONCE.flag) && !asJson && host.terminal() !== undefined) {
    return await live(context);
  }
  const rows = countOf(line, LIMIT, LIMIT_MAX) ?? ROWS;
  const seen = await look(context, line, rows);
  if (asJson) {
    printJson(context, seen);
  } else {
    const { columns = Infinity, hasColors = false } = host.terminal() ?? {};
    const rows = Infinity;
    printLines(context, pictureOf({ ...seen, before: undefined, columns, rows, hasColors }));
  }
  return EXIT_CODE.ok;
}

type Seen = Pick<Picture, "server" | "sessions">;

async function look(
  { api }: AdminContext,
  line: CommandLine,
  rows: number,
): Promise<Seen> {
  const query = {
    ...readFilter(line),
    sort: sortOf(line, SORT_DEFAULT),
    limit: String(Math.max(1, Math.min(rows, 1000))),
  };
  const [server, sessions] = await Promise.all([
    api({ method: "GET", path: "/api/v1/server" }),
    api({ method: "GET", path: "/api/v1/sessions", query }),
  ]);
  return {
    server: server as unknown as ServerState,
    sessions: sessions["items"] as readonly SessionRow[],
  };
}

async function live(context: AdminContext): Promise<number> {
  const { host } = context;
  let { line } = context;
  let before: ServerState | undefined;
  let isOver = false;
  let wake = () => {};
  const leave = () => {
    isOver = true;
    wake();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) host.onSignal(signal, leave);
  const stopKeys = host.onKeys((keys) => {
    if (LEAVING.includes(keys)) return leave();
    if (keys === "s") line = sortedByNext(line);
    wake();
  });
  host.stdout(ENTER);
  try {
    while (!isOver) {
      before = await draw(context, line, before);
      if (isOver) break;
      await new Promise<void>((resolve) => {
        const cancel = host.clock.schedule(PACE_MS, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
  } finally {
    // The pictures have shown it, and by now it may be long ago.
    context.missing.clear();
    stopKeys();
    host.stdout(LEAVE);
  }
  return EXIT_CODE.ok;
}

// Draws one picture. A server that does not answer for a while may come back; one that refuses will not.
async function draw(
  context: AdminContext,
  line: CommandLine,
  before: ServerState | undefined,
): Promise<ServerState | undefined> {
  const { host } = context;
  const { columns, rows, hasColors } = host.terminal()!;
  const legend = cut(
    `by ${valueOf(line, SORT) ?? SORT_DEFAULT}   s: sort by the next field   q: leave`,
    columns,
  );
  let lines: readonly string[];
  let server: ServerState | undefined;
  try {
    const seen = await look(context, line, rows - HEAD_LINES - 1);
    server = seen.server;
    lines = pictureOf({ ...seen, before, columns, rows, hasColors });
  } catch (error) {
    if (!(error instanceof AnswerError) || error.status !== 0) throw error;
    lines = [cut(error.message, columns), "Trying again every second"];
  }
  const shown = lines.slice(0, rows - 1).map((text) => text + END_OF_LINE).join("\r\n");
  host.stdout(
    `${HOME}${shown}\r\n${paint(legend, "dim", hasColors)}${END_OF_LINE}${END_OF_SCREEN}`,
  );
  return server;
}

function sortedByNext(line: CommandLine): CommandLine {
  const fields = Object.keys(SORT_FIELDS);
  const now = fields.indexOf(valueOf(line, SORT) ?? SORT_DEFAULT);
  const options = new Map(line.options).set(SORT.flag, [fields[(now + 1) % fields.length]!]);
  options.delete(REVERSE.flag);
  return { ...line, options };
}
