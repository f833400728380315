// The address of a server as it is typed: `127.0.0.1:9000`, `[::1]:9000`, `host.example:9000`, or a port of this machine.

import { contains, parseNetwork } from "../base/cidr.ts";
import { readVariable } from "../config/environment.ts";
import { shown } from "../config/shown.ts";
import type { Host } from "../transport/host.ts";
import type { Address } from "../transport/transport.ts";
import { UsageError } from "./admin/errors.ts";
import { DEFAULT_TO, TO } from "./client/options.ts";
import { type CommandLine, valueOf } from "./parse.ts";

/** What a port without a host is a port of. */
const THIS_MACHINE = "127.0.0.1";

/** Networks that lead nowhere else. */
const LOOPBACK = [parseNetwork("127.0.0.0/8")!, parseNetwork("::1")!];

/** Reads it. @throws {UsageError} If it is none. */
export function readAddress(text: string): Address {
  const [, v6, name, digits] = /^(?:(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/i.exec(text) ??
    [];
  const port = Number(digits ?? NaN);
  if (port >= 1 && port <= 65_535) return { host: v6 ?? name ?? THIS_MACHINE, port };
  throw new UsageError(`${TO.flag}: ${shown(text)}, allowed: an address like "127.0.0.1:9000"`);
}

/** What the flag says, or else TCP_SERVER_TO; undefined where nobody does. @throws {UsageError} If it is none. */
export function addressGiven(host: Pick<Host, "env">, line: CommandLine): Address | undefined {
  const text = valueOf(line, TO) ?? readVariable(host, "to");
  return text === undefined ? undefined : readAddress(text);
}

/** Where a server listens that nobody has told otherwise. */
export function defaultAddress(): Address {
  return readAddress(DEFAULT_TO);
}

/** As it is typed. */
export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether it leads to this machine and nowhere else. */
export function isLoopback({ host }: Address): boolean {
  return host === "localhost" || LOOPBACK.some((network) => contains(network, host));
}
