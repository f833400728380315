// Bounds of what the nodes of one server do together.

import { BUS_DEADLINE_MS } from "./bus.ts";
import type { ServerLimits } from "./server.ts";

/**
 * Sessions of whom a node remembers that others have them now: as many as there may be at all, more or less. The oldest
 * are forgotten first; their clients start anew, should they come back to a third node.
 */
export const SESSIONS_AWAY_MAX = 100_000;

/** Sessions that went to other nodes while questions of ours waited for their clients' answers. */
export const PARTED_MAX = 10_000;

/** Milliseconds that other nodes may take over what a Handshake says: its own time must not run out over that. */
export function checkMsMax({ handshakeTimeoutMs }: ServerLimits): number {
  return Math.min(BUS_DEADLINE_MS, handshakeTimeoutMs / 2);
}

/**
 * Milliseconds that a client which comes back is kept waiting while the node that should have its session starts: longer
 * than a worker takes to be started again, shorter than the time for a Handshake (5 s).
 */
export const HOME_WAIT_MS = 3000;

/** Milliseconds after which such a node is asked again. */
export const HOME_PAUSE_MS = 200;

/** How often, and after how many milliseconds each time, an answer is sent again whose session could not be found. */
export const ANSWER_TRIES = 5;
export const ANSWER_PAUSE_MS = 200;
