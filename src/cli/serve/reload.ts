// Reads the configuration again while the server runs: what can change does, the rest is named, an error changes nothing.

import { toConfig } from "../../config/config.ts";
import type { Loaded } from "../../config/load.ts";
import { changesOf } from "../../config/reload.ts";
import type { Values } from "../../config/values.ts";
import type { Policies } from "../../limits/policies.ts";
import type { ServerLimits } from "../../limits/server.ts";
import type { Log, LogLevel } from "../../observe/log.ts";

/** What came of it: the keys that changed, and those that will with a restart; or every error, and nothing changed. */
export type Reloaded =
  | { readonly applied: readonly string[]; readonly needsRestart: readonly string[] }
  | { readonly errors: readonly string[] };

/** What a reload works on. */
export interface ReloadOptions {
  /** Reads the configuration, from where it was read at start. */
  readonly load: () => Loaded;
  /** What is in force. */
  readonly values: Values;
  /** Has the server work by these from now on. */
  readonly apply: (limits: ServerLimits, policies: Policies) => void;
  readonly log: Log;
  readonly setLogLevel: (level: LogLevel) => void;
}

/** The reload of one server. */
export function reloader(
  { load, values, apply, log, setLogLevel }: ReloadOptions,
): () => Reloaded {
  return () => {
    const loaded = load();
    if ("errors" in loaded) {
      log("error", "reload", { result: "refused", errors: loaded.errors.join("; ") });
      return loaded;
    }
    const { live, needsRestart } = changesOf(values, loaded.values);
    for (const name of live) values.set(name, loaded.values.get(name)!);
    const { limits, policies, log: { level } } = toConfig(values, "");
    setLogLevel(level);
    apply(limits, policies);
    log(needsRestart.length > 0 ? "warning" : "info", "reload", {
      result: "applied",
      applied: live.join(", "),
      ...(needsRestart.length > 0 ? { needsRestart: needsRestart.join(", ") } : {}),
    });
    return { applied: live, needsRestart };
  };
}
