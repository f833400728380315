// Makes events for a backend of what happens to sessions, with a generation that tells a late one from a new one.

import { hostPort } from "../base/host_port.ts";
import type { App } from "../messaging/app.ts";
import type { BackendEventName } from "../limits/handlers.ts";
import type { SessionHandle } from "../messaging/session_handle.ts";
import type { BackendEvents } from "./backend_events.ts";
import { headerValue } from "./header_value.ts";

/** A clock that knows the time of day, in milliseconds since 1970. */
export type WallClock = () => number;

/** Tells `events` whenever one of `names` happens to a session of `app`. */
export function listenFor(
  app: App,
  names: readonly BackendEventName[],
  events: BackendEvents,
  wallClock: WallClock,
): void {
  // One for all users: it grows with each connect of anybody, and across restarts, and nothing is kept for a user.
  // Sessions that are older than this process get the first one: above all of before, below all connects from now on.
  const firstGeneration = wallClock();
  let lastGeneration = firstGeneration;
  const generations = new Map<string, number>();

  function tell(event: BackendEventName, session: SessionHandle, more: object = {}): void {
    if (!names.includes(event)) return;
    const { id, user, client, tags } = session;
    const generation = generations.get(id) ?? firstGeneration;
    events.push({
      key: user === "" ? id : `user ${user}`,
      headers: {
        "content-type": "application/json",
        "x-event": event,
        "x-generation": String(generation),
        "x-session-id": id,
        "x-user": headerValue(user),
      },
      body: JSON.stringify({
        event,
        generation,
        session: id,
        user,
        client,
        tags,
        address: hostPort(session.address),
        node: app.node,
        at: new Date(wallClock()).toISOString(),
        ...more,
      }),
    });
  }

  app.on("connect", (session) => {
    lastGeneration = Math.max(lastGeneration + 1, wallClock());
    generations.set(session.id, lastGeneration);
    tell("connect", session);
  });
  app.on("resume", (session) => tell("resume", session));
  app.on("disconnect", (session, { name, by }) => {
    tell("disconnect", session, { name, by });
    generations.delete(session.id);
  });
  app.onDrain(async () => {
    // The sessions end right behind this; what is said of that is waited for too.
    await null;
    await events.idle();
  });
}
