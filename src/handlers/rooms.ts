// Who is in which chat room, and under which name, on all nodes. It sends nothing.

import type { NodeId } from "../bus/bus.ts";
import { ROOM_NAMES_MAX } from "../limits/handlers.ts";

/** A session in a room, as a node says that has it. Two nodes may say so while it goes from one to the other. */
export interface Member {
  readonly node: NodeId;
  readonly session: string;
  readonly room: string;
  readonly name: string;
  /** Several sessions of one user have one name; empty: nobody in particular, whose name is its own. */
  readonly user: string;
}

/** The names in a room. */
export interface RoomList {
  readonly count: number;
  /** The first of them. */
  readonly names: readonly string[];
}

/**
 * Those who have a name, by `partyOf()`: the sessions of one user, or one session. Where two nodes gave it away at the same
 * moment there are two, until one of them yields.
 */
type Parties = Map<string, Set<Member>>;

/** Every room that somebody is in. Each session is in as many as the server lets it be in groups. */
export class Rooms {
  /** By room and name. */
  readonly #rooms: Map<string, Map<string, Parties>> = new Map();
  /** By node, session and room. */
  readonly #nodes: Map<NodeId, Map<string, Map<string, Member>>> = new Map();

  get size(): number {
    return this.#rooms.size;
  }

  /** Takes `member`, who is not in yet, in. Returns whether nobody was there under its name. */
  add(member: Member): boolean {
    const { node, session, room, name } = member;
    const names = slot(this.#rooms, room, () => new Map<string, Parties>());
    const isNew = !names.has(name);
    const parties = slot(names, name, () => new Map<string, Set<Member>>());
    slot(parties, partyOf(member), () => new Set<Member>()).add(member);
    const sessions = slot(this.#nodes, node, () => new Map<string, Map<string, Member>>());
    slot(sessions, session, () => new Map<string, Member>()).set(room, member);
    return isNew;
  }

  /** Takes `member`, who is in, out. Returns whether nobody is there under its name any more. */
  remove(member: Member): boolean {
    const { node, session, room, name } = member;
    const sessions = this.#nodes.get(node)!;
    const rooms = sessions.get(session)!;
    rooms.delete(room);
    if (rooms.size === 0) sessions.delete(session);
    if (sessions.size === 0) this.#nodes.delete(node);
    const names = this.#rooms.get(room)!;
    const parties = names.get(name)!;
    const members = parties.get(partyOf(member))!;
    members.delete(member);
    if (members.size === 0) parties.delete(partyOf(member));
    if (parties.size > 0) return false;
    names.delete(name);
    if (names.size === 0) this.#rooms.delete(room);
    return true;
  }

  /** What `node` says of `session` in `room`; undefined: it is not in. */
  find(node: NodeId, session: string, room: string): Member | undefined {
    return this.#nodes.get(node)?.get(session)?.get(room);
  }

  /** The rooms that `session` is in, as `node` says. */
  of(node: NodeId, session: string): Member[] {
    return [...this.#nodes.get(node)?.get(session)?.values() ?? []];
  }

  /** All that `node` says. */
  allOf(node: NodeId): Member[] {
    return [...this.#nodes.get(node)?.values() ?? []].flatMap((rooms) => [...rooms.values()]);
  }

  /** Who has the name that `member` has, or wants, and does not share it with it. */
  rivals(member: Omit<Member, "node">): Member[] {
    const party = partyOf(member);
    const parties = this.#rooms.get(member.room)?.get(member.name);
    return [...parties ?? []].flatMap(([other, members]) => other === party ? [] : [...members]);
  }

  listOf(room: string): RoomList {
    const names = this.#rooms.get(room);
    return { count: names?.size ?? 0, names: [...names?.keys() ?? []].slice(0, ROOM_NAMES_MAX) };
  }

  /** Whether its members are told who comes and goes. */
  isAnnounced(room: string): boolean {
    return (this.#rooms.get(room)?.size ?? 0) <= ROOM_NAMES_MAX;
  }
}

function partyOf({ session, user }: Pick<Member, "session" | "user">): string {
  return user === "" ? `session ${session}` : `user ${user}`;
}

function slot<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
