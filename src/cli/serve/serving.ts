// What serving in one thread and in several have in common: what they are given, signals, and the port file.

import type { Config } from "../../config/config.ts";
import type { KeyName } from "../../config/keys.ts";
import type { Log, LogLevel } from "../../observe/log.ts";
import type { Host } from "../../transport/host.ts";
import type { Address } from "../../transport/transport.ts";
import { type BuildInfo, VERSION } from "../build_info.ts";
import type { ServeOptions } from "../run.ts";

/** What they are given. */
export interface Serving {
  readonly host: Host;
  readonly config: Config;
  readonly options: ServeOptions;
  readonly build: BuildInfo;
  readonly log: Log;
  readonly setLogLevel: (level: LogLevel) => void;
  /** The keys that somebody set. */
  readonly set: ReadonlySet<KeyName>;
}

/** Has a signal call `drain`, or `force` where that was done already. */
export function onEndSignals(
  host: Host,
  isDraining: () => boolean,
  drain: () => void,
  force: () => void,
): void {
  const stop = () => isDraining() ? force() : drain();
  host.onSignal("SIGTERM", stop);
  host.onSignal("SIGINT", stop);
}

/** Tells everybody who waits for it where the server listens. */
export function announce(
  { host, config, options: { portFile }, log }: Serving,
  address: Address,
  workers: number,
): void {
  if (portFile !== undefined) writePort(host, portFile, address.port);
  log("info", "listening", {
    ...address,
    handler: config.handler,
    ...(workers > 1 ? { workers } : {}),
    version: VERSION,
    runtime: host.runtime,
  });
}

function writePort(host: Host, file: string, port: number): void {
  try {
    host.writeTextFile(file, `${port}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot write the port file "${file}": ${reason}`, { cause });
  }
}
