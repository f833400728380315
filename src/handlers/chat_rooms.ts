// Chat rooms, over the routes `chat.*`: who is in one hears what is said there, and who comes and goes.

import { z } from "zod";
import type { App } from "../messaging/app.ts";
import type { Context } from "../messaging/context.ts";
import type { SessionHandle } from "../messaging/session_handle.ts";
import {
  MEMBER_CHARS_MAX,
  ROOM_CHARS_MAX,
  ROOMS_BEAT_MS,
  SAY_CHARS_MAX,
} from "../limits/handlers.ts";
import { SharedRooms } from "./shared_rooms.ts";

const room = word("a room", ROOM_CHARS_MAX);
const JOIN = z.object({ room, name: word("a name", MEMBER_CHARS_MAX).optional() });
const SAY = z.object({ room, text: z.string().min(1).max(SAY_CHARS_MAX) });
const ROOM = z.object({ room });

/** The name is somebody else's in this room, the session is in too many groups: 3000 and the HTTP status that says it. */
const NAME_TAKEN = 3409;
const TOO_MANY_ROOMS = 3429;

/**
 * Registers the routes. A room is the group `chat.` and its name; it is there as long as somebody is in it, on whatever
 * worker. Each worker tells its own sessions who comes and goes.
 */
export function chatRooms(app: App): void {
  const rooms = new SharedRooms(app.bus, {
    came: ({ room, name, session }) => announce(room, "chat.joined", name, [session]),
    left: ({ room, name }) => announce(room, "chat.left", name),
    yielded({ session: id, room, name }) {
      const session = app.session(id);
      session?.leave(groupOf(room));
      session?.send("chat.left", JSON.stringify({ room, name }));
    },
  });

  function announce(room: string, route: string, name: string, except: string[] = []): void {
    if (app.isDraining || !rooms.isAnnounced(room)) return;
    app.group(groupOf(room)).here.send(route, JSON.stringify({ room, name }), { except });
  }

  // Whoever an administrator took out of the group may not speak in the room either.
  function nameIn(room: string, session: SessionHandle): string | undefined {
    return session.groups.has(groupOf(room)) ? rooms.nameIn(room, session.id) : undefined;
  }

  app.route("chat.join", (c) => {
    const { room, name = `guest-${c.session.id.slice(0, 8)}` } = c.json(JOIN);
    const { id, user } = c.session;
    const known = rooms.nameIn(room, id);
    const called = known ?? (user === "" ? name : user);
    if (known === undefined && !rooms.isFree(id, room, called, user)) {
      return c.fail(NAME_TAKEN, `Somebody is called "${called}" in this room`);
    }
    if (!c.session.join(groupOf(room))) {
      return c.fail(TOO_MANY_ROOMS, "The session is in as many groups as it may be");
    }
    if (known === undefined) rooms.join(id, room, called, user);
    return JSON.stringify({ room, name: called, ...rooms.listOf(room) });
  });

  app.route("chat.leave", (c) => {
    const { room } = c.json(ROOM);
    c.session.leave(groupOf(room));
    rooms.leave(c.session.id, room);
  });

  app.route("chat.say", (c) => {
    const { room, text } = c.json(SAY);
    const name = nameIn(room, c.session);
    if (name === undefined) return notIn(c);
    app.group(groupOf(room)).send("chat.message", JSON.stringify({ room, name, text }));
  });

  app.route("chat.who", (c) => {
    const { room } = c.json(ROOM);
    if (nameIn(room, c.session) === undefined) return notIn(c);
    return JSON.stringify({ room, ...rooms.listOf(room) });
  });

  app.on("disconnect", ({ id }) => {
    // When everybody goes, nobody is left to be told.
    if (!app.isDraining) rooms.end(id);
  });
  if (app.bus === null) return;
  app.on("move", ({ id }) => rooms.moved(id));
  app.on("resume", ({ id }) => rooms.resumed(id));
  app.every(ROOMS_BEAT_MS, () => rooms.beat());
}

function groupOf(room: string): string {
  return `chat.${room}`;
}

function notIn(c: Context): void {
  c.fail("route_forbidden", "The session is not in this room");
}

function word(what: string, charsMax: number): z.ZodType<string> {
  const allowed = `${what} has 1 to ${charsMax} characters, none of them a control character`;
  return z.string().regex(new RegExp(`^[^\\p{C}]{1,${charsMax}}$`, "u"), allowed);
}
