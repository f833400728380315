// The command `serve`: puts a server together from its configuration and runs it until a signal ends it.

import type { Config } from "../config/config.ts";
import { chat } from "../handlers/chat.ts";
import { echo } from "../handlers/echo.ts";
import { App } from "../messaging/app.ts";
import { limitedLog } from "../observe/limited_log.ts";
import type { Log } from "../observe/log.ts";
import type { Server } from "../server/server.ts";
import type { Host } from "../transport/host.ts";
import type { Address } from "../transport/transport.ts";
import { VERSION } from "./build_info.ts";
import { EXIT_CODE } from "./exit_code.ts";
import { openLog } from "./log_output.ts";
import type { ServeOptions } from "./run.ts";

const FALLBACKS = { chat, echo, none: undefined };

/** Runs the server; resolves with the exit code once it has drained. */
export async function serve(host: Host, config: Config, options: ServeOptions): Promise<number> {
  const log = limitedLog(
    host.clock,
    openLog({
      level: config.log.level,
      format: config.log.format ?? (host.isTerminal ? "pretty" : "json"),
      write: host.stdout,
    }),
  );
  const fallback = FALLBACKS[config.handler];
  const app = new App({
    transport: host.transport((error) => log("error", "fault", { error: describe(error) })),
    clock: host.clock,
    randomBytes: host.randomBytes,
    limits: config.limits,
    policies: config.policies,
    memoryBytes: host.memoryBytes(),
    ...(fallback === undefined ? {} : { fallback }),
    log,
    node: config.node === "" ? host.hostName() : config.node,
    product: `tcp-server/${VERSION}`,
  });
  let address: Address;
  try {
    address = app.listen({ host: config.host, port: config.port });
  } catch (error) {
    log("fatal", "cannot listen", { error: describe(error) });
    return EXIT_CODE.cannotBind;
  }
  const signalled = untilSignalled(host, app.server, log);
  if (options.portFile !== undefined) writePort(host, options.portFile, address.port);
  const { runtime } = host;
  log("info", "listening", { ...address, handler: config.handler, version: VERSION, runtime });
  return await signalled;
}

function writePort(host: Host, file: string, port: number): void {
  try {
    host.writeTextFile(file, `${port}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot write the port file "${file}": ${reason}`, { cause });
  }
}

// The first signal drains; a second one ends at once.
function untilSignalled(host: Host, server: Server, log: Log): Promise<number> {
  return new Promise((resolve) => {
    function stop(): void {
      if (server.isDraining) {
        log("warning", "drained", { sessions: server.registry.size, forced: true });
        resolve(EXIT_CODE.failed);
      } else {
        server.drain(() => resolve(EXIT_CODE.ok));
      }
    }
    host.onSignal("SIGHUP", () => log("warning", "reload", { result: "not built yet" }));
    host.onSignal("SIGTERM", stop);
    host.onSignal("SIGINT", stop);
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error.cause instanceof Error)) return error.message;
  const { message, code } = error.cause as Error & { code?: string };
  return `${error.message}: ${message}${code === undefined ? "" : ` (${code})`}`;
}
