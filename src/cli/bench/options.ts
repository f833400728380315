// The options of `bench`, the loads that there are, and both together as a plan.

import { parseSize } from "../../config/size.ts";
import { shown } from "../../config/shown.ts";
import { BENCH_BOUNDS } from "../../limits/bench.ts";
import { UsageError } from "../admin/errors.ts";
import { TO } from "../client/options.ts";
import { JSON_OUTPUT, type Option } from "../options.ts";
import type { CommandLine } from "../parse.ts";

/** The loads. */
export type Workload = "echo" | "fanout" | "idle" | "storm";

/** What is to be done. Null: this load has none. */
export interface Plan {
  readonly workload: Workload;
  readonly conns: number;
  /** Requests in flight on each connection; or Broadcasts in flight. */
  readonly depth: number | null;
  readonly payload: number | null;
  readonly seconds: number;
}

/** What each does without being told more. */
export const DEFAULTS: Readonly<Record<Workload, Omit<Plan, "workload">>> = {
  echo: { conns: 64, depth: 16, payload: 32, seconds: 10 },
  fanout: { conns: 1000, depth: 4, payload: 32, seconds: 10 },
  idle: { conns: 1000, depth: null, payload: null, seconds: 10 },
  storm: { conns: 1000, depth: null, payload: null, seconds: 30 },
};

export const WORKLOADS = Object.keys(DEFAULTS) as Workload[];

export const CONNS: Option = {
  flag: "--conns",
  value: "N",
  help: `Connections (default ${DEFAULTS.echo.conns} for echo, else ${DEFAULTS.idle.conns})`,
};
export const DEPTH: Option = {
  flag: "--depth",
  value: "N",
  help: `Requests in flight on each connection (default ${DEFAULTS.echo.depth}); ` +
    `with fanout: Broadcasts in flight (default ${DEFAULTS.fanout.depth})`,
};
export const PAYLOAD: Option = {
  flag: "--payload",
  value: "SIZE",
  help: `Bytes of each payload (default ${DEFAULTS.echo.payload}): 64, 4KiB`,
};
export const SECONDS: Option = {
  flag: "--seconds",
  value: "N",
  help:
    `How long (default ${DEFAULTS.echo.seconds}); with storm: at most (default ${DEFAULTS.storm.seconds})`,
};
export const YES: Option = {
  flag: "--yes",
  help: "Also where the server is on another machine: it is yours to load",
};

export const BENCH_OPTIONS: readonly Option[] = [
  { ...TO, help: "The server; without this one of our own, on this machine only" },
  CONNS,
  DEPTH,
  PAYLOAD,
  SECONDS,
  YES,
  { ...JSON_OUTPUT, help: "Print one JSON object" },
];

/** The plan that a command line asks for. @throws {UsageError} If it is none. */
export function readPlan(line: CommandLine): Plan {
  const workload = WORKLOADS.find((known) => known === line.words[0]);
  if (workload === undefined) {
    const known = WORKLOADS.join(", ");
    throw new UsageError(`No load is called ${shown(line.words[0])}, there are: ${known}`);
  }
  const { conns, depth, payload, seconds } = DEFAULTS[workload];
  return {
    workload,
    conns: numberOf(line, CONNS, "conns") ?? conns,
    depth: within(workload, DEPTH, numberOf(line, DEPTH, "depth"), depth),
    payload: within(workload, PAYLOAD, numberOf(line, PAYLOAD, "payload"), payload),
    seconds: numberOf(line, SECONDS, "seconds") ?? seconds,
  };
}

function within(
  workload: Workload,
  { flag }: Option,
  given: number | undefined,
  byDefault: number | null,
): number | null {
  if (given !== undefined && byDefault === null) {
    throw new UsageError(`${flag}: the load "${workload}" sends nothing, leave it out`);
  }
  return given ?? byDefault;
}

function numberOf(
  { options }: CommandLine,
  { flag }: Option,
  name: keyof typeof BENCH_BOUNDS,
): number | undefined {
  const text = options.get(flag)?.at(-1);
  if (text === undefined) return undefined;
  const { min, max } = BENCH_BOUNDS[name];
  const number = /^\d+$/.test(text) ? Number(text) : name === "payload" ? parseSize(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${flag}: ${shown(text)}, allowed: an integer from ${min} to ${max}`);
}
