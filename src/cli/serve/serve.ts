// The command `serve`: runs the server until a signal ends it, in this thread or in several.

import { type Config, workersOn } from "../../config/config.ts";
import { limitedLog } from "../../observe/limited_log.ts";
import type { LogLevel } from "../../observe/log.ts";
import type { Host } from "../../transport/host.ts";
import type { BuildInfo } from "../build_info.ts";
import { openLog } from "../log_output.ts";
import type { ServeOptions } from "../run.ts";
import { serveAlone } from "./alone.ts";
import type { Serving } from "./serving.ts";

/** Runs the server; resolves with the exit code once it has drained. */
export async function serve(
  host: Host,
  config: Config,
  options: ServeOptions,
  build: BuildInfo,
): Promise<number> {
  const format = config.log.format ?? (host.isTerminal ? "pretty" : "json");
  const logAt = (level: LogLevel) => openLog({ level, format, write: host.stdout });
  const log = limitedLog(host.clock, logAt(config.log.level));
  const set = new Set([...options.values].flatMap(([name, { isSet }]) => isSet ? [name] : []));
  const serving: Serving = { host, config, options, build, log, setLogLevel: logAt, set };
  const workers = workersOn(host.processors, config);
  if (workers === 1) return await serveAlone(serving);
  const { supervise } = await import("./supervisor.ts");
  return await supervise(serving, workers);
}
