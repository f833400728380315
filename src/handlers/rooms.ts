// Who is in which chat room, and under which name. It sends nothing.

import { ROOM_NAMES_MAX } from "../limits/handlers.ts";

/** One name in a room: of a user, who may be there with several sessions, or of one session without a user. */
interface Member {
  readonly user: string;
  readonly sessions: Set<string>;
}

/** The names in a room. */
export interface RoomList {
  readonly count: number;
  /** The first of them. */
  readonly names: readonly string[];
}

/** Every room that somebody is in. Each session is in as many as the server lets it be in groups. */
export class Rooms {
  readonly #rooms: Map<string, Map<string, Member>> = new Map();
  // By session: its rooms, and its name there.
  readonly #names: Map<string, Map<string, string>> = new Map();

  get size(): number {
    return this.#rooms.size;
  }

  /** Takes `session` in: as somebody new, or as one more session of somebody who is there, or twice, which is once. */
  join(room: string, session: string, name: string, user: string): "new" | "known" | "taken" {
    if (this.nameOf(room, session) !== undefined) return "known";
    const members = this.#rooms.get(room) ?? new Map<string, Member>();
    const member = members.get(name);
    if (member !== undefined && (user === "" || member.user !== user)) return "taken";
    if (member === undefined) members.set(name, { user, sessions: new Set([session]) });
    else member.sessions.add(session);
    this.#rooms.set(room, members);
    const names = this.#names.get(session) ?? new Map<string, string>();
    this.#names.set(session, names.set(room, name));
    return member === undefined ? "new" : "known";
  }

  /** Takes `session` out. Returns its name where nobody is there under it any more. */
  leave(room: string, session: string): string | undefined {
    const names = this.#names.get(session);
    const name = names?.get(room);
    if (names === undefined || name === undefined) return undefined;
    names.delete(room);
    if (names.size === 0) this.#names.delete(session);
    const members = this.#rooms.get(room)!;
    const { sessions } = members.get(name)!;
    sessions.delete(session);
    if (sessions.size > 0) return undefined;
    members.delete(name);
    if (members.size === 0) this.#rooms.delete(room);
    return name;
  }

  /** Takes `session` out of all of them. */
  forget(session: string): void {
    for (const room of this.of(session)) this.leave(room, session);
  }

  /** The rooms that `session` is in. */
  of(session: string): string[] {
    return [...this.#names.get(session)?.keys() ?? []];
  }

  /** What `session` is called in `room`; undefined where it is not in. */
  nameOf(room: string, session: string): string | undefined {
    return this.#names.get(session)?.get(room);
  }

  listOf(room: string): RoomList {
    const members = this.#rooms.get(room);
    return {
      count: members?.size ?? 0,
      names: [...members?.keys() ?? []].slice(0, ROOM_NAMES_MAX),
    };
  }

  /** Whether its members are told who comes and goes. */
  isAnnounced(room: string): boolean {
    return (this.#rooms.get(room)?.size ?? 0) <= ROOM_NAMES_MAX;
  }
}
