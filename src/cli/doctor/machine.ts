// What this machine gives a server, as far as it tells. Reads only; what cannot be read is undefined.

import type { Host } from "../../transport/host.ts";

/** What the machine tells. On systems other than Linux most of it is undefined. */
export interface Machine {
  /** The limits of this process; a service may be started with others. */
  readonly descriptors: { readonly soft: number; readonly hard: number } | undefined;
  /** The most descriptors that one process may ever be given, and all processes together. */
  readonly descriptorsOfProcessMax: number | undefined;
  readonly descriptorsOfAllMax: number | undefined;
  readonly memoryBytes: number;
  /** The longest backlog that a listener gets. */
  readonly backlogMax: number | undefined;
  /** The first and the last of the ports that connections which go out are given, and which of them are not. */
  readonly portsOut: readonly [number, number] | undefined;
  readonly portsReserved: string | undefined;
  /** Bytes that the buffers of all TCP connections may hold. */
  readonly tcpBytesMax: number | undefined;
  /** Connections that the firewall keeps in mind. */
  readonly conntrackMax: number | undefined;
  /** Why the limits of this process cannot be read, in the platform's words. */
  readonly unreadable: string | undefined;
}

/** What Linux means by a page here; larger ones only make the real limit higher. */
const PAGE_BYTES = 4096;

const LIMITS_FILE = "/proc/self/limits";

/** Looks at the machine. */
export function readMachine(host: Pick<Host, "readTextFile" | "memoryBytes">): Machine {
  function read(path: string): string | undefined {
    try {
      return host.readTextFile(path).trim();
    } catch {
      return undefined;
    }
  }
  function numbers(path: string): number[] {
    return read(`/proc/sys/${path}`)?.split(/\s+/).map(limit) ?? [];
  }
  const [first, last] = numbers("net/ipv4/ip_local_port_range");
  const tcpPages = numbers("net/ipv4/tcp_mem")[2];
  return {
    descriptors: limitsIn(read(LIMITS_FILE)),
    descriptorsOfProcessMax: numbers("fs/nr_open")[0],
    descriptorsOfAllMax: numbers("fs/file-max")[0],
    memoryBytes: host.memoryBytes(),
    backlogMax: numbers("net/core/somaxconn")[0],
    portsOut: first === undefined || last === undefined ? undefined : [first, last],
    portsReserved: read("/proc/sys/net/ipv4/ip_local_reserved_ports"),
    tcpBytesMax: tcpPages === undefined ? undefined : tcpPages * PAGE_BYTES,
    conntrackMax: numbers("net/netfilter/nf_conntrack_max")[0],
    unreadable: reasonAgainst(host, LIMITS_FILE),
  };
}

/** Whether `port` is among the `ports` of a list like "8080,9000-9100". */
export function isListed(port: number, ports: string): boolean {
  return ports.split(",").some((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return first! <= port && port <= last!;
  });
}

// "Max open files            20000                20000                files"
function limitsIn(text: string | undefined): Machine["descriptors"] {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text ?? "") ?? [];
  if (soft === undefined || hard === undefined) return undefined;
  return { soft: limit(soft), hard: limit(hard) };
}

// systemd sets `fs.file-max` to the largest number there is.
function limit(word: string): number {
  const number = word === "unlimited" ? Infinity : Number(word);
  return number > Number.MAX_SAFE_INTEGER ? Infinity : number;
}

function reasonAgainst(host: Pick<Host, "readTextFile">, path: string): string | undefined {
  try {
    host.readTextFile(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
