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

const NOBODY: ReadonlySet<Member> = new Set();

/** Every room that somebody is in. Each session is in as many as the server lets it be in groups. */
export class Rooms {
  /** By room and name. */
  readonly #rooms: Map<string, Map<string, Set<Member>>> = new Map();
  /** By node, session and room. */
  readonly #nodes: Map<NodeId, Map<string, Map<string, Member>>> = new Map();

  get size(): number {
    return this.#rooms.size;
  }

  /** Takes `member`, who is not in yet, in. Returns whether nobody was there under its name. */
  add(member: Member): boolean {
    const { node, session, room, name } = member;
    const names = slot(this.#rooms, room, () => new Map<string, Set<Member>>());
    const isNew = !names.has(name);
    slot(names, name, () => new Set<Member>()).add(member);
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
    const members = names.get(name)!;
    members.delete(member);
    if (members.size > 0) return false;
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
  rivals({ session, room, name, user }: Omit<Member, "node">): Member[] {
    const members = this.#rooms.get(room)?.get(name) ?? NOBODY;
    const isRival = (other: Member) =>
      other.session !== session && (user === "" || other.user !== user);
    // Of those who share a name one is enough to ask: a user may be there with thousands of sessions.
    const first = members.values().find((other) => other.session !== session);
    return first !== undefined && isRival(first) ? [...members].filter(isRival) : [];
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

function slot<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
