// A server whose routes a scripted backend serves, in virtual time.

import { backend } from "../../../src/handlers/backend.ts";
import { BackendClient } from "../../../src/handlers/backend_client.ts";
import type { Log } from "../../../src/observe/log.ts";
import { Stage, type StageOptions } from "../server/stage.ts";
import { openRouted } from "../messaging/clients.ts";
import { clockOf, ScriptedBackend } from "./scripted_backend.ts";

/** How long the backend may take. */
export const TIMEOUT_MS = 1000;

/** The stage, its backend, a client of `ann`, and how many calls went how. */
export function stageWith(concurrency = 256, options: StageOptions = {}) {
  const scripted = new ScriptedBackend();
  const stage: Stage = new Stage({
    ...options,
    routes(app) {
      const log: Log = (level, event, fields) => void stage.log.push({ level, event, fields });
      const client = new BackendClient({
        url: "http://backend.example/tcp?key=secret",
        timeoutMs: TIMEOUT_MS,
        concurrency,
        fetch: scripted.fetch,
        clock: clockOf(() => stage),
        log,
        latencies: app.server.counters.latencies.backend,
      });
      const handler = backend(app, client, log);
      app.route("*", handler);
      app.route("", handler);
      options.routes?.(app);
    },
  });
  function latencies(): Record<string, number> {
    const { backend } = stage.server.counters.latencies;
    return Object.fromEntries(
      [...backend].map(([result, { counts }]) => [result, counts.reduce((sum, n) => sum + n, 0)]),
    );
  }
  return { stage, scripted, client: openRouted(stage, "ann"), latencies };
}
