// The command `doctor`: what this machine holds of what a configuration asks for, and what to change.

import { type Config, workersOn } from "../../config/config.ts";
import type { Values } from "../../config/values.ts";
import type { Host } from "../../transport/host.ts";
import { VERSION } from "../build_info.ts";
import { type Check, checkMachine } from "./checks.ts";
import { readMachine } from "./machine.ts";
import { checkPorts } from "./ports.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { paint } from "../paint.ts";
import { countText } from "../units.ts";

/** What `doctor --json` prints. */
interface Findings {
  readonly version: string;
  readonly runtime: string;
  readonly maxConnections: number;
  readonly workers: number;
  /** The least of what the checks say. */
  readonly sessions: number;
  /** Whether a server could start here and hold `maxConnections`. */
  readonly ok: boolean;
  /** Why the limits of this process cannot be read; null where they can. */
  readonly unreadable: string | null;
  readonly checks: readonly Check[];
}

/** Looks at the machine and prints what it found; fails where `max_connections` does not fit. */
export function doctor(host: Host, config: Config, values: Values, asJson: boolean): number {
  const machine = readMachine(host);
  const workers = workersOn(host.processors, config);
  const checks = [
    ...checkMachine({
      machine,
      runtime: host.facts,
      limits: config.limits,
      port: config.port,
      workers,
      processors: host.processors,
      descriptorsFree: host.descriptorsFree,
    }),
    ...checkPorts(host, values),
  ];
  const sessions = Math.min(...checks.map((check) => check.sessions ?? Infinity));
  const findings: Findings = {
    version: VERSION,
    runtime: host.runtime,
    maxConnections: config.limits.maxConnections,
    workers,
    sessions,
    ok: checks.every(({ status }) => status !== "failed"),
    unreadable: machine.unreadable ?? null,
    checks,
  };
  const hasColors = host.terminal()?.hasColors === true;
  host.stdout(asJson ? `${JSON.stringify(findings, null, 2)}\n` : report(findings, hasColors));
  return findings.ok ? EXIT_CODE.ok : EXIT_CODE.failed;
}

const MARKS = {
  ok: ["ok", "green"],
  warning: ["warning", "yellow"],
  failed: ["FAILED", "red"],
  unknown: ["unknown", "dim"],
} as const;

/** The width of the longest mark and of the longest name, with a gap. */
const MARK_COLUMNS = 9;
const NAME_COLUMNS = 14;

function report(findings: Findings, hasColors: boolean): string {
  const { version, runtime, maxConnections, checks } = findings;
  const lines = [`tcp-server ${version} on ${runtime}, max_connections = ${maxConnections}`, ""];
  for (const { name, status, text, cures } of checks) {
    const [mark, color] = MARKS[status];
    const painted = paint(mark, color, hasColors) + " ".repeat(MARK_COLUMNS - mark.length);
    lines.push(`${painted}${name.padEnd(NAME_COLUMNS)}${text}`);
    for (const cure of cures) lines.push(`${" ".repeat(MARK_COLUMNS + NAME_COLUMNS)}${cure}`);
  }
  if (findings.unreadable !== null) lines.push("", `Not all could be read: ${findings.unreadable}`);
  return `${[...lines, "", verdict(findings, hasColors)].join("\n")}\n`;
}

function verdict({ sessions, maxConnections, ok }: Findings, hasColors: boolean): string {
  const wanted = `max_connections = ${maxConnections}`;
  const isEnough = sessions >= maxConnections;
  const room = paint(`Room for ${countText(sessions)} sessions`, ok ? "green" : "red", hasColors);
  if (ok) return `${room}: enough for ${wanted}`;
  const instead = isEnough || sessions === 0 ? "" : `, or set max_connections = ${sessions}`;
  return `${room}: ${isEnough ? "" : "not "}enough for ${wanted}. Change what failed${instead}`;
}
