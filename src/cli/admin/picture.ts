// What `top` shows at one moment, as lines that fit. It asks nobody and draws nothing itself.

import { escapeControls } from "../../base/text.ts";
import { SESSION_COLUMNS, type SessionRow } from "./sessions.ts";
import { workerLines, type WorkerRow } from "./worker_rows.ts";
import { paint } from "../paint.ts";
import { table } from "../table.ts";
import { cut } from "../text_width.ts";
import { bytesText, countText, spanText } from "../units.ts";

/** What of the server is shown. */
export interface ServerState {
  readonly version: string;
  readonly runtime: string;
  readonly node: string;
  readonly state: string;
  readonly uptimeMs: number;
  readonly sessions: {
    readonly total: number;
    readonly connecting: number;
    readonly active: number;
    readonly idle: number;
  };
  readonly counts: {
    readonly accepted: number;
    readonly closed: Readonly<Record<string, number>>;
    readonly framesReceived: Readonly<Record<string, number>>;
    readonly framesSent: Readonly<Record<string, number>>;
    readonly bytesReceived: number;
    readonly bytesSent: number;
  };
  readonly memory: {
    readonly residentBytes: number;
    readonly outboundBytes: number;
    readonly outboundBudgetBytes: number;
  };
  readonly eventLoopLagMs: number;
  readonly headroom: number;
  readonly limits: Readonly<Record<string, number>>;
  /** Absent where the server is older than this program: its file was replaced, and it runs on. */
  readonly workers?: readonly WorkerRow[];
}

/** What is drawn. */
export interface Picture {
  readonly server: ServerState;
  /** The one before, to tell what happened in between; undefined in the first picture. */
  readonly before: ServerState | undefined;
  readonly sessions: readonly SessionRow[];
  readonly columns: number;
  /** Of the screen, so that workers leave room for sessions. */
  readonly rows: number;
  readonly hasColors: boolean;
}

/** What of the screen workers take at most, where all of them would be more. */
const WORKERS_SHARE = 1 / 3;

/** Lines above the first session, without those of workers. */
export const HEAD_LINES = 7;

/** The lines; each fits into the columns. */
export function pictureOf(picture: Picture): string[] {
  const { server, before, sessions, columns, hasColors } = picture;
  const { total, active, idle, connecting } = server.sessions;
  const { maxConnections = Infinity } = server.limits;
  const { residentBytes, outboundBytes, outboundBudgetBytes } = server.memory;
  const elapsed = before === undefined ? 0 : (server.uptimeMs - before.uptimeMs) / 1000;
  // In a second since the picture before, or since the start.
  function rate(of: (counts: ServerState["counts"]) => number): number {
    const seconds = elapsed > 0 ? elapsed : server.uptimeMs / 1000;
    const count = of(server.counts) - (elapsed > 0 ? of(before!.counts) : 0);
    return Math.max(0, count / Math.max(seconds, 0.001));
  }
  const [accepted, ended] = [
    rate((counts) => counts.accepted),
    rate(({ closed }) => sum(closed)),
  ];
  const facts: [string, string][] = [
    [
      "sessions",
      `${countText(total)} of ${countText(maxConnections)}, room for ${
        countText(server.headroom)
      }: ${countText(active)} active, ${countText(idle)} idle, ${countText(connecting)} connecting`,
    ],
    ["come and go", `${perSecond(accepted)} accepted, ${perSecond(ended)} ended`],
    [
      "frames",
      `${perSecond(rate(({ framesReceived }) => sum(framesReceived)))} in, ${
        perSecond(rate(({ framesSent }) => sum(framesSent)))
      } out; ${bytesText(rate((counts) => counts.bytesReceived))}/s in, ${
        bytesText(rate((counts) => counts.bytesSent))
      }/s out`,
    ],
    [
      "memory",
      `${bytesText(residentBytes)} resident; ${bytesText(outboundBytes)} of ${
        bytesText(outboundBudgetBytes)
      } queued; event loop late by ${spanText(server.eventLoopLagMs)}`,
    ],
  ];
  const title = `tcp-server ${server.version} (${server.runtime}) on ${server.node}, ` +
    `${server.state} for ${spanText(server.uptimeMs)}`;
  const workersMax = Math.floor(picture.rows * WORKERS_SHARE);
  const [header, ...rows] = table(sessions, SESSION_COLUMNS, columns);
  return [
    paint(cut(escapeControls(title), columns), "bold", hasColors),
    ...facts.map(([name, text]) => cut(`${name.padEnd(12)} ${escapeControls(text)}`, columns)),
    ...workerLines(server.workers ?? [], workersMax, columns, hasColors),
    "",
    paint(header!.padEnd(columns === Infinity ? 0 : columns), "reverse", hasColors),
    ...rows,
  ];
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function perSecond(rate: number): string {
  return `${rate < 10 ? Math.round(rate * 10) / 10 : countText(Math.round(rate))}/s`;
}
