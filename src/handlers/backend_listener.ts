// Makes events for a backend of what happens to sessions, with a generation that tells a late one from a new one.

import { hostPort } from "../base/host_port.ts";
import { seal, unseal } from "../bus/envelope.ts";
import {
  type BackendEventName,
  GENERATIONS_MOVING_MAX,
  GENERATIONS_PER_MS,
} from "../limits/handlers.ts";
import type { App } from "../messaging/app.ts";
import type { SessionHandle } from "../messaging/session_handle.ts";
import type { BackendEvents } from "./backend_events.ts";
import { headerValue } from "./header_value.ts";

/** A clock that knows the time of day, in milliseconds since 1970. */
export type WallClock = () => number;

/** What a worker tells the others of a session that one of them continues. */
interface Moving {
  readonly session: string;
  readonly generation: number;
}

const MOVING = "backend.moving";

/** Tells `events` whenever one of `names` happens to a session of `app`. */
export function listenFor(
  app: App,
  names: readonly BackendEventName[],
  events: Pick<BackendEvents, "push" | "idle">,
  wallClock: WallClock,
): void {
  // One for all users: it grows with each connect of anybody, and across restarts, and nothing is kept for a user.
  // Sessions that are older than this process get the first one: above all of before, below all connects from now on.
  const firstGeneration = wallClock() * GENERATIONS_PER_MS;
  let lastGeneration = firstGeneration;
  const generations = new Map<string, number>();
  // Of sessions that other workers gave away, to this one or not.
  const moving = new Map<string, number>();

  function nextGeneration(): number {
    return lastGeneration = Math.max(lastGeneration + 1, wallClock() * GENERATIONS_PER_MS);
  }

  function generationOf(id: string): number {
    return generations.get(id) ?? moving.get(id) ?? firstGeneration;
  }

  function tell(event: BackendEventName, session: SessionHandle, more: object = {}): void {
    if (!names.includes(event)) return;
    const { id, user, client, tags } = session;
    const generation = generationOf(id);
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
    generations.set(session.id, nextGeneration());
    tell("connect", session);
  });
  app.on("resume", (session) => {
    const { id } = session;
    // Where the word of a worker was lost, a new one: above all that the backend may have heard of this session.
    if (app.bus && !generations.has(id)) generations.set(id, moving.get(id) ?? nextGeneration());
    moving.delete(id);
    tell("resume", session);
  });
  app.on("move", ({ id }) => {
    const word: Moving = { session: id, generation: generationOf(id) };
    app.bus?.publish(MOVING, seal(word));
    generations.delete(id);
  });
  app.on("disconnect", (session, { name, by }) => {
    tell("disconnect", session, { name, by });
    generations.delete(session.id);
    moving.delete(session.id);
  });
  app.bus?.subscribe(MOVING, (message) => {
    const { session, generation } = unseal<Moving>(message);
    lastGeneration = Math.max(lastGeneration, generation);
    moving.delete(session);
    moving.set(session, generation);
    if (moving.size > GENERATIONS_MOVING_MAX) moving.delete(moving.keys().next().value!);
  });
  app.onDrain(async () => {
    // The sessions end right behind this; what is said of that is waited for too.
    await null;
    await events.idle();
  });
}
