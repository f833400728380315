// The front of a server with workers: the admin API of the supervisor, which has no sessions and asks those who have.

import { NO_BYTES } from "../../base/bytes.ts";
import type { Bus } from "../../bus/bus.ts";
import { unseal } from "../../bus/envelope.ts";
import { BUS_DEADLINE_MS } from "../../limits/bus.ts";
import { type AdminAccess, wholeApp } from "../api.ts";
import { Bans } from "../bans.ts";
import type { AdminApp, Whole } from "../context.ts";
import type { Scrape } from "../metrics.ts";
import type { NodeReport } from "../node_report.ts";
import { seldom } from "../seldom.ts";
import { wallTimeOf } from "../wall_time.ts";
import { keepBans } from "./bans.ts";
import { gatherEvents } from "./events.ts";
import { addRules } from "./rules.ts";
import { REPORT } from "./subjects.ts";

/** What is given from outside. */
export type GivenFront =
  & Omit<Whole, "wall" | "events" | "bans" | "startedAt" | "reports">
  & {
    readonly bus: Bus;
    /** Messages of the bus that were dropped. */
    readonly busDropped: () => number;
  };

/** What the front works on. */
export type Front = Whole & GivenFront;

/** Begins to keep the bans, and to gather events for whoever listens, before the first worker starts. */
export function createFront(given: GivenFront): Front & { close(): void } {
  const { bus, clock } = given;
  const wall = wallTimeOf(clock);
  const bans = new Bans();
  const unkeep = keepBans(bus, bans);
  const { events, close: ungather } = gatherEvents(bus, clock);
  async function reports(): Promise<NodeReport[]> {
    const replies = await bus.request(REPORT, NO_BYTES, "all", BUS_DEADLINE_MS);
    return replies.map(({ message }) => unseal<NodeReport>(message));
  }
  function close(): void {
    unkeep();
    ungather();
  }
  const usage = seldom(clock, given.usage);
  return { ...given, usage, wall, bans, events, startedAt: clock.now(), reports, close };
}

/** The application. */
export function adminFront(front: Front, access: AdminAccess, metrics: Scrape): AdminApp {
  return wholeApp(front, access, metrics, (app) => addRules(app, front));
}
