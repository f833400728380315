// The server that a load test brings along: on a free port of the loopback, as a process of its own where the platform
// lets us start one, else in this one.

import { chat } from "../../handlers/chat.ts";
import { echo } from "../../handlers/echo.ts";
import { DEFAULT_POLICIES } from "../../limits/policies.ts";
import { DEFAULT_LIMITS } from "../../limits/server.ts";
import { Application } from "../../messaging/application.ts";
import type { Host } from "../../transport/host.ts";
import type { Address } from "../../transport/transport.ts";
import { type Plan } from "./options.ts";
import { VERSION } from "../build_info.ts";

/** A server to load. */
export interface BenchServer {
  readonly address: Address;
  /** Where it runs. */
  readonly where: "given" | "child process" | "this process";
  /** Bytes of memory that it has to itself; null where nobody tells. */
  residentBytes(): number | null;
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** The line of its log that tells the port, and those that whoever waits for it should see. */
const LISTENING = /"event":"listening",.*"port":(\d+)/;
const TROUBLE = /"level":"(?:warning|error|fatal)"/;

/** Connections beyond the load's: those that linger. */
const SPARE = 100;

/** A server that somebody else runs. */
export function givenServer(address: Address): BenchServer {
  return { address, where: "given", residentBytes: () => null, close: () => Promise.resolve() };
}

/** One of our own. @throws {Error} If it does not start. */
export async function ownServer(host: Host, plan: Plan): Promise<BenchServer> {
  return host.startSelf === undefined
    ? serverHere(host, plan)
    : await serverBeside(host, host.startSelf, plan);
}

async function serverBeside(
  host: Host,
  startSelf: NonNullable<Host["startSelf"]>,
  plan: Plan,
): Promise<BenchServer> {
  // As anybody runs it: with a log, of which the line that tells the port is needed.
  const args = ["serve", "--host", LOOPBACK, "--port", "0", "--no-admin", "--log-format", "json"];
  const more = ["--handler", handlerOf(plan), "--max-connections", String(plan.conns + SPARE)];
  const { promise: port, resolve } = Promise.withResolvers<number | null>();
  const { promise: gone, resolve: end } = Promise.withResolvers<void>();
  const child = startSelf([...args, ...more], {}, (line) => {
    if (line === null) {
      resolve(null);
      return end();
    }
    const listening = LISTENING.exec(line);
    if (listening !== null) resolve(Number(listening[1]));
    else if (TROUBLE.test(line)) host.stderr(`${line}\n`);
  });
  const found = await port;
  if (found === null) throw new Error("Cannot start a server to load: it ended at once");
  return {
    address: { host: LOOPBACK, port: found },
    where: "child process",
    residentBytes: () => residentBytesOf(host, child.id),
    async close() {
      child.stop();
      await gone;
    },
  };
}

function serverHere(host: Host, plan: Plan): BenchServer {
  const app = new Application({
    transport: host.transport((error) => host.stderr(`${error}\n`)),
    clock: host.clock,
    randomBytes: host.randomBytes,
    digest: host.digest,
    limits: { ...DEFAULT_LIMITS, maxConnections: plan.conns + SPARE },
    policies: DEFAULT_POLICIES,
    memoryBytes: host.memoryBytes(),
    fallback: handlerOf(plan) === "chat" ? chat : echo,
    log: () => {},
    node: host.hostName(),
    product: `tcp-server/${VERSION}`,
  });
  return {
    address: app.listen({ host: LOOPBACK, port: 0 }),
    where: "this process",
    residentBytes: () => null,
    close: async () => void await app.drain(),
  };
}

function handlerOf({ workload }: Plan): string {
  return workload === "fanout" ? "chat" : "echo";
}

// Linux tells; elsewhere nobody does.
function residentBytesOf(host: Host, process: number): number | null {
  try {
    const kib = /^VmRSS:\s*(\d+) kB$/m.exec(host.readTextFile(`/proc/${process}/status`))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}
