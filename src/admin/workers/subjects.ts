// What is said on the bus between the workers, which have the sessions, and the supervisor, which has the front.

import type { Address } from "../../transport/transport.ts";

/** A request for the routes of a worker, and its answer. */
export const ROUTES = "admin.routes";
/** What a worker says of itself. */
export const REPORT = "admin.report";
/** All groups of a worker. */
export const GROUPS = "admin.groups";
/** The metrics of a worker. */
export const METRICS = "admin.metrics";
/** An event of a worker, as it travels to whoever listens. */
export const EVENTS = "admin.events";
/** One byte: 1 while somebody listens to events. Published by the front, and what it answers. */
export const EVENTS_WANTED = "admin.events_wanted";
/** A change of the list of bans. */
export const BANS = "admin.bans";
/** The whole list of bans, which the front keeps. */
export const BAN_LIST = "admin.ban_list";

/** A request that is passed on; its body, which is JSON, comes behind it. */
export interface PassedOn {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly who: string;
  readonly peer: Address;
  /** How many nodes it is passed on to. */
  readonly nodes: number;
}

/** How a worker answers; the body, which is JSON, comes behind it. */
export interface PassedBack {
  readonly status: number;
}
