// Chat rooms, over the routes `chat.*`: who is in one hears what is said there, and who comes and goes.

import { z } from "zod";
import type { App } from "../messaging/app.ts";
import type { Context } from "../messaging/context.ts";
import type { SessionHandle } from "../messaging/session_handle.ts";
import { MEMBER_CHARS_MAX, ROOM_CHARS_MAX, SAY_CHARS_MAX } from "../limits/handlers.ts";
import { Rooms } from "./rooms.ts";

const room = word("a room", ROOM_CHARS_MAX);
const JOIN = z.object({ room, name: word("a name", MEMBER_CHARS_MAX).optional() });
const SAY = z.object({ room, text: z.string().min(1).max(SAY_CHARS_MAX) });
const ROOM = z.object({ room });

/** The name is somebody else's in this room, the session is in too many groups: 3000 and the HTTP status that says it. */
const NAME_TAKEN = 3409;
const TOO_MANY_ROOMS = 3429;

/** Registers the routes. A room is the group `chat.` and its name; it is there as long as somebody is in it. */
export function chatRooms(app: App): void {
  const rooms = new Rooms();

  function tell(room: string, route: string, fields: object, except: string[] = []): void {
    app.group(groupOf(room)).send(route, JSON.stringify({ room, ...fields }), { except });
  }

  // Whoever an administrator took out of the group may not speak in the room either.
  function nameIn(room: string, session: SessionHandle): string | undefined {
    return session.groups.has(groupOf(room)) ? rooms.nameOf(room, session.id) : undefined;
  }

  function leave(session: SessionHandle, room: string): void {
    session.leave(groupOf(room));
    const gone = rooms.leave(room, session.id);
    if (gone !== undefined && rooms.isAnnounced(room)) tell(room, "chat.left", { name: gone });
  }

  app.route("chat.join", (c) => {
    const { room, name = `guest-${c.session.id.slice(0, 8)}` } = c.json(JOIN);
    const { session } = c;
    const called = session.user === "" ? name : session.user;
    const joined = rooms.join(room, session.id, called, session.user);
    if (joined === "taken") {
      return c.fail(NAME_TAKEN, `Somebody is called "${called}" in this room`);
    }
    if (!session.join(groupOf(room))) {
      rooms.leave(room, session.id);
      return c.fail(TOO_MANY_ROOMS, "The session is in as many groups as it may be");
    }
    if (joined === "new" && rooms.isAnnounced(room)) {
      tell(room, "chat.joined", { name: called }, [session.id]);
    }
    return JSON.stringify({ room, name: rooms.nameOf(room, session.id), ...rooms.listOf(room) });
  });

  app.route("chat.leave", (c) => leave(c.session, c.json(ROOM).room));

  app.route("chat.say", (c) => {
    const { room, text } = c.json(SAY);
    const name = nameIn(room, c.session);
    if (name === undefined) return notIn(c);
    tell(room, "chat.message", { name, text });
  });

  app.route("chat.who", (c) => {
    const { room } = c.json(ROOM);
    if (nameIn(room, c.session) === undefined) return notIn(c);
    return JSON.stringify({ room, ...rooms.listOf(room) });
  });

  app.on("disconnect", (session) => {
    // When everybody goes, nobody is left to be told.
    if (app.isDraining) return rooms.forget(session.id);
    for (const room of rooms.of(session.id)) leave(session, room);
  });
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
