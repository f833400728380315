// The sessions that have not ended: those with a connection, and those that wait for their clients to come back.

import type { Server } from "../server/server.ts";
import type { Session } from "../session/session.ts";

/**
 * Calls `visit` for each, which may end the one it is given. Those who wait come first: one that loses its connection over
 * a visit is not met again among them.
 */
export function forEachSession(
  { registry, waiting }: Server,
  visit: (session: Session) => void,
): void {
  waiting.registry.forEach(visit);
  registry.forEach(visit);
}

/** The one with this id. */
export function findSession({ registry, waiting }: Server, id: string): Session | undefined {
  return registry.get(id) ?? waiting.registry.get(id);
}
