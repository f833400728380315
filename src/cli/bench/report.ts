// What a load test found out: as numbers, as a table, and in one line while it runs.

import type { BenchHistogram } from "./histogram.ts";
import type { Load } from "./load.ts";
import type { Plan } from "./options.ts";
import { addressText } from "../peer_address.ts";
import type { BenchServer } from "./server.ts";
import { bytesText, countText, spanText } from "../units.ts";

/** Milliseconds. */
export type Percentiles = Readonly<Record<"p50" | "p90" | "p99" | "p99.9" | "max", number>>;

/** Everything that is measured; what a load does not measure is null. */
export interface Report extends Plan {
  readonly target: string;
  /** Where the server runs: one that shares a process with its load is slower than alone. */
  readonly server: BenchServer["where"];
  /** Whether somebody ended it before its time. */
  readonly interrupted: boolean;
  /** Connections that got a session, that did not, and that lost it. */
  readonly opened: number;
  readonly failed: number;
  readonly lost: number;
  /** Until the last of them had its session. */
  readonly openingMs: number;
  /** How long messages were counted. */
  readonly runningMs: number;
  /** Answers, deliveries, or sessions in the loads that only connect. */
  readonly messages: number;
  readonly perSecond: number;
  readonly unanswered: number;
  readonly errors: number;
  readonly errorsByName: Readonly<Record<string, number>>;
  readonly latencyMs: Percentiles | null;
  /** Bytes of the server's memory before, with all connections, and for each of them. */
  readonly memory: { before: number; held: number; perConnection: number } | null;
}

/** Puts it together. */
export function reportOf(
  plan: Plan,
  load: Load,
  server: BenchServer,
  given: { interrupted: boolean; before: number | null; held: number | null },
): Report {
  const { tally } = load;
  const countedMs = plan.depth === null ? load.openingMs : load.runningMs;
  return {
    ...plan,
    target: addressText(server.address),
    server: server.where,
    interrupted: given.interrupted,
    opened: tally.opened,
    failed: tally.failed,
    lost: tally.lost,
    openingMs: round(load.openingMs),
    runningMs: round(load.runningMs),
    messages: tally.messages,
    perSecond: countedMs > 0 ? Math.round(tally.messages / countedMs * 1000) : 0,
    unanswered: load.unanswered,
    errors: tally.errorCount,
    errorsByName: Object.fromEntries(tally.errors),
    latencyMs: percentilesOf(tally.latencies),
    memory: memoryOf(given.before, given.held, tally.opened - tally.lost),
  };
}

function percentilesOf(latencies: BenchHistogram): Percentiles | null {
  if (latencies.count === 0) return null;
  const of = (share: number) => round(latencies.percentile(share));
  return {
    p50: of(0.5),
    p90: of(0.9),
    p99: of(0.99),
    "p99.9": of(0.999),
    max: round(latencies.max),
  };
}

function memoryOf(before: number | null, held: number | null, sessions: number): Report["memory"] {
  if (before === null || held === null || sessions === 0) return null;
  return { before, held, perConnection: Math.max(0, Math.round((held - before) / sessions)) };
}

// Microseconds are as fine as anybody reads.
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The table. */
export function reportLines(report: Report): string[] {
  const { workload, depth, payload, latencyMs, errorsByName, memory } = report;
  const what = [
    `${countText(report.conns)} connections`,
    ...(depth === null ? [] : [`${depth} in flight${workload === "echo" ? " on each" : ""}`]),
    ...(payload === null ? [] : [`${bytesText(payload)} payloads`]),
  ].join(", ");
  const errors = Object.entries(errorsByName).map(([name, count]) => `${countText(count)} ${name}`);
  const lost = report.failed + report.lost;
  const rows: [string, string][] = [
    ["load", `${workload}: ${what}${report.interrupted ? " (interrupted)" : ""}`],
    ["server", serverText(report)],
    [
      "sessions",
      `${countText(report.opened)} in ${spanText(report.openingMs)}` +
      (lost > 0 ? `, ${countText(report.failed)} failed, ${countText(report.lost)} lost` : ""),
    ],
    [
      NAMES[workload],
      `${countText(report.messages)}, ${countText(report.perSecond)} a second` +
      (depth === null ? "" : ` for ${spanText(report.runningMs)}`),
    ],
    ["errors", errors.join(", ") || "none"],
    ...(report.unanswered > 0
      ? [["unanswered", countText(report.unanswered)] as [string, string]]
      : []),
    [depth === null ? "to a session" : "latency", latencyText(latencyMs)],
    ...(workload === "idle" ? [["memory", memoryText(memory)] as [string, string]] : []),
  ];
  return rows.map(([name, text]) => `${name.padEnd(13)}${text}`);
}

const NAMES = { echo: "answers", fanout: "deliveries", idle: "opened", storm: "opened" } as const;

function serverText({ target, server }: Report): string {
  if (server === "given") return target;
  return `${target}, our own in ${server === "child process" ? "a process beside" : server}`;
}

function latencyText(latencyMs: Percentiles | null): string {
  if (latencyMs === null) return "nothing was measured";
  return Object.entries(latencyMs).map(([name, ms]) => `${name} ${latency(ms)}`).join("  ");
}

function latency(ms: number): string {
  return ms < 1 ? `${Math.round(ms * 1000)} µs` : spanText(ms);
}

function memoryText(memory: Report["memory"]): string {
  if (memory === null) return "not known: only of a server in a process of our own, on Linux";
  const { before, held, perConnection } = memory;
  return `${bytesText(perConnection)} a connection: ${bytesText(before)} before, ${
    bytesText(held)
  } with all`;
}

/** One line about a load that runs. `messagesBefore` were counted `sinceMs` ago. */
export function progressLine(
  { workload, conns, seconds }: Plan,
  load: Load,
  messagesBefore: number,
  sinceMs: number,
): string {
  const { tally, phase } = load;
  const sessions = `${countText(load.held)} of ${countText(conns)} connections`;
  const trouble = tally.errorCount > 0 ? `  ${countText(tally.errorCount)} errors` : "";
  if (phase === "opening") return `${workload}  opening  ${sessions}${trouble}`;
  if (phase !== "running") return `${workload}  ${phase}  ${sessions}${trouble}`;
  const time = `${Math.floor(load.phaseMs / 1000)} s of ${seconds} s`;
  if (workload === "idle") return `${workload}  ${time}  ${sessions} held${trouble}`;
  const rate = countText((tally.messages - messagesBefore) / sinceMs * 1000);
  const p99 = latency(tally.latencies.percentile(0.99));
  return `${workload}  ${time}  ${sessions}  ${rate}/s  p99 ${p99}${trouble}`;
}
