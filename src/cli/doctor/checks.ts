// What each fact of a machine means for a configuration: is it enough, for how many sessions, and what to change.

import {
  DESCRIPTORS_RESERVED,
  KERNEL_SESSION_BYTES,
  TCP_SESSION_BYTES,
  WORKER_DESCRIPTORS,
} from "../../limits/machine.ts";
import type { ServerLimits } from "../../limits/server.ts";
import type { RuntimeFacts } from "../../transport/host.ts";
import { isListed, type Machine } from "./machine.ts";
import { bytesText, countText } from "../units.ts";

/** One fact, judged. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed" | "unknown";
  /** One line. */
  readonly text: string;
  /** For how many sessions it is enough; absent where it does not say. */
  readonly sessions?: number;
  /** What to change, as commands and lines of files. */
  readonly cures: readonly string[];
}

/** What is judged. */
export interface Facts {
  readonly machine: Machine;
  readonly runtime: RuntimeFacts;
  readonly limits: ServerLimits;
  readonly port: number;
  /** Threads that serve sessions, and those that this machine runs at once. */
  readonly workers: number;
  readonly processors: number;
  /** Descriptors this process could get besides those it has; asked only where its limit is unknown. */
  readonly descriptorsFree: (wanted: number) => number;
}

/** Everything that can be judged without trying a port. */
export function checkMachine(facts: Facts): Check[] {
  return [
    ...workers(facts),
    descriptors(facts),
    memory(facts),
    backlog(facts),
    portsOut(facts),
    ...tcpMemory(facts),
    ...conntrack(facts),
  ];
}

// Said only where there are several: one is the program itself.
function workers({ workers, processors }: Facts): Check[] {
  if (workers === 1) return [];
  const isEnough = workers <= processors;
  const shared = isEnough ? "" : ", so that some wait while others run";
  return [{
    name: "workers",
    status: isEnough ? "ok" : "warning",
    text: `${workers} on ${processors} ${processors === 1 ? "processor" : "processors"}${shared}`,
    cures: isEnough ? [] : [`workers = ${processors}`],
  }];
}

function descriptors({ machine, limits, workers, descriptorsFree }: Facts): Check {
  const reserved = DESCRIPTORS_RESERVED + (workers > 1 ? workers * WORKER_DESCRIPTORS : 0);
  const wanted = limits.maxConnections + reserved;
  const limit = machine.descriptors;
  const given = limit === undefined
    ? descriptorsFree(wanted)
    : Math.min(limit.soft, machine.descriptorsOfAllMax ?? Infinity);
  const sessions = Math.max(0, given - reserved);
  const isEnough = given >= wanted;
  const text = limit === undefined
    ? `${isEnough ? "at least " : ""}${countText(given)} could be taken`
    : `${given === Infinity ? "no limit" : countText(given)} as started here`;
  if (given === Infinity) return { name: "descriptors", status: "ok", text, cures: [] };
  return {
    name: "descriptors",
    status: isEnough ? "ok" : "failed",
    text: `${text}: room for ${countText(sessions)} sessions`,
    sessions,
    cures: isEnough ? [] : descriptorCures(machine, wanted),
  };
}

function descriptorCures(machine: Machine, wanted: number): string[] {
  const { descriptors, descriptorsOfProcessMax = Infinity, descriptorsOfAllMax = Infinity } =
    machine;
  const cures: string[] = [];
  if (descriptorsOfAllMax < wanted) cures.push(`sysctl -w fs.file-max=${wanted}`);
  if (descriptorsOfProcessMax < wanted) cures.push(`sysctl -w fs.nr_open=${wanted}`);
  if ((descriptors?.soft ?? 0) >= wanted) return cures;
  cures.push(`in the systemd unit: LimitNOFILE=${wanted}`);
  cures.push(`of a container: --ulimit nofile=${wanted}`);
  const mayRaise = (descriptors?.hard ?? 0) >= wanted;
  cures.push(`in ${mayRaise ? "this" : "a root"} shell: ulimit -n ${wanted}`);
  return cures;
}

function memory({ machine, runtime, limits, workers }: Facts): Check {
  const { memoryBytes } = machine;
  const percent = limits.outboundBudgetPercent + limits.inboundBudgetPercent;
  const each = runtime.idleSessionBytes + KERNEL_SESSION_BYTES;
  const share = Math.max(0, 1 - percent / 100);
  const workersBytes = workers > 1 ? workers * runtime.workerBytes : 0;
  const programBytes = runtime.idleServerBytes + workersBytes;
  const room = Math.max(0, memoryBytes * share - programBytes);
  const sessions = Math.floor(room / each);
  const isEnough = sessions >= limits.maxConnections;
  const wanted = (limits.maxConnections * each + programBytes) / share;
  return {
    name: "memory",
    status: isEnough ? "ok" : "failed",
    text: `${bytesText(memoryBytes)}, ${percent} % of it for budgets${
      workers > 1 ? `, ${bytesText(workersBytes)} for workers` : ""
    }: room for ${countText(sessions)} idle sessions`,
    sessions,
    cures: isEnough ? [] : [
      ...(share > 0 ? [`give it at least ${bytesText(wanted)} (MemoryMax=, --memory)`] : []),
      "or lower outbound.bytes_budget and limits.inbound_bytes_budget",
      ...(workers > 1
        ? [`or take fewer workers: each adds ${bytesText(runtime.workerBytes)}`]
        : []),
    ],
  };
}

// A listener's own: each worker has one, and the kernel gives a connection to one of them before it waits.
function backlog({ machine: { backlogMax }, runtime, workers }: Facts): Check {
  const waiting = Math.min(runtime.backlog, backlogMax ?? Infinity);
  const isClamped = waiting < runtime.backlog;
  const atMost = backlogMax === undefined ? "at most " : "";
  const by = workers > 1 ? ` by each of the ${workers} workers` : "";
  return {
    name: "backlog",
    status: isClamped ? "warning" : backlogMax === undefined ? "unknown" : "ok",
    text: `${atMost}${countText(waiting)} connections that come at once wait to be accepted${by}`,
    cures: isClamped ? [`sysctl -w net.core.somaxconn=${runtime.backlog}`] : [],
  };
}

function portsOut({ machine: { portsOut, portsReserved }, port }: Facts): Check {
  const name = "ports out";
  if (portsOut === undefined) {
    return { name, status: "unknown", text: "the range of ports for connections out", cures: [] };
  }
  const [first, last] = portsOut;
  const mayBeTaken = first <= port && port <= last && !isListed(port, portsReserved ?? "");
  const count = countText(last - first + 1);
  return {
    name,
    status: mayBeTaken ? "warning" : "ok",
    text: mayBeTaken
      ? `the port ${port} is one of ${first} to ${last}, so a connection out may hold it at start`
      : `${first} to ${last}: ${count} connections for a proxy on this machine`,
    cures: mayBeTaken ? [`sysctl -w net.ipv4.ip_local_reserved_ports=${port}`] : [],
  };
}

// Said only where it is short.
function tcpMemory({ machine: { tcpBytesMax = Infinity }, limits }: Facts): Check[] {
  const wanted = limits.maxConnections * TCP_SESSION_BYTES;
  if (tcpBytesMax >= wanted) return [];
  return [{
    name: "tcp memory",
    status: "warning",
    text: `${bytesText(tcpBytesMax)} for the buffers of all connections, which is less than ${
      bytesText(TCP_SESSION_BYTES)
    } for each`,
    cures: [`sysctl -w net.ipv4.tcp_mem="${tcpMem(wanted)}"`],
  }];
}

// Low, pressure, high: the kernel's own proportions, in pages.
function tcpMem(bytes: number): string {
  const high = Math.ceil(bytes / 4096);
  return `${Math.ceil(high / 2)} ${Math.ceil(high * 2 / 3)} ${high}`;
}

function conntrack({ machine: { conntrackMax }, limits }: Facts): Check[] {
  if (conntrackMax === undefined || conntrackMax >= limits.maxConnections) return [];
  return [{
    name: "conntrack",
    status: "warning",
    text: `${countText(conntrackMax)}: a firewall that tracks connections drops the others`,
    cures: [`sysctl -w net.netfilter.nf_conntrack_max=${limits.maxConnections * 2}`],
  }];
}
