// What the admin API and the metrics work on, made for one server and listening to it.

import type { ProcessUsage } from "../transport/process_usage.ts";
import { Bans } from "./bans.ts";
import type { AdminContext } from "./context.ts";
import { EventHub } from "./event_hub.ts";
import { History } from "./history.ts";
import { PacedKicks } from "./paced_kicks.ts";
import { Vitals } from "./vitals.ts";

/** What is given from outside. */
export type Given =
  & Pick<AdminContext, "app" | "clock" | "log" | "about" | "listening" | "drain" | "reload">
  & {
    /** Bytes of memory the process may use. */
    readonly memoryBytes: number;
    readonly usage: () => ProcessUsage;
  };

/** Begins to watch the server; `close()` lets go of it, and of everybody who listens to its events. */
export function createContext(given: Given): AdminContext & { close(): void } {
  const { app: { server }, clock } = given;
  const vitals = new Vitals({ ...given, server });
  const history = new History(clock);
  const events = new EventHub(clock);
  const pacedKicks = new PacedKicks(clock);
  const bans = new Bans();
  const unwatch = [history.watch, events.watch].map((watcher) => server.watch(watcher));
  server.admission.isBanned = (host, user) =>
    bans.size > 0 && bans.isBanned(host, user, Date.now());
  vitals.start();
  return {
    ...given,
    server,
    vitals,
    history,
    events,
    bans,
    pacedKicks,
    close() {
      for (const stop of unwatch) stop();
      vitals.stop();
      events.close();
      pacedKicks.close();
    },
  };
}
