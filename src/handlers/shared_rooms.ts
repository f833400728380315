// The chat rooms of a server, the same on all of its workers: each tells the others what its own sessions do.

import type { Bus, NodeId } from "../bus/bus.ts";
import { Mirror } from "./mirror.ts";
import { type Member, type RoomList, Rooms } from "./rooms.ts";

/** Hears, on each worker, what becomes of names, wherever their sessions are. */
export interface RoomsListener {
  /** `member` is there, and nobody was under its name. */
  came(member: Member): void;
  /** Nobody is there any more under the name of `member`. */
  left(member: Member): void;
  /** A session of this worker is out: another one took the same name at the same moment, and keeps it. */
  yielded(member: Member): void;
}

/** What a worker tells: who is in, and which session left which room. */
type Change = ToldMember | readonly [session: string, room: string];
type ToldMember = readonly [session: string, room: string, name: string, user: string];

/** The rooms as this worker knows them. */
export class SharedRooms {
  readonly #rooms: Rooms = new Rooms();
  readonly #listener: RoomsListener;
  readonly #self: NodeId;
  readonly #others: ReadonlySet<NodeId>;
  /** Null: there is one worker. */
  readonly #mirror: Mirror<Change, readonly ToldMember[]> | null;
  /** Sessions that went to another worker, which is to say that it has them; and whether a beat has passed since. */
  readonly #moved: Map<string, boolean> = new Map();

  constructor(bus: Bus | null, listener: RoomsListener) {
    this.#listener = listener;
    this.#self = bus?.self ?? 0;
    this.#others = bus?.others ?? new Set();
    this.#mirror = bus && new Mirror(bus, "chat.rooms", {
      whole: () => this.#rooms.allOf(this.#self).map(told),
      take: (node, change) => this.#take(node, change),
      takeWhole: (node, members) => this.#takeWhole(node, members),
      forget: (node) => {
        for (const member of this.#rooms.allOf(node)) this.#remove(member);
      },
    });
  }

  /** Whether `session` may be called `name` in `room`. */
  isFree(session: string, room: string, name: string, user: string): boolean {
    return this.#rooms.rivals({ session, room, name, user }).length === 0;
  }

  /** Takes a session of this worker, which is not in the room, in. */
  join(session: string, room: string, name: string, user: string): void {
    const member = { node: this.#self, session, room, name, user };
    this.#mirror?.publish(told(member));
    this.#add(member);
  }

  /** Takes a session of this worker out. */
  leave(session: string, room: string): void {
    const member = this.#rooms.find(this.#self, session, room);
    if (member === undefined) return;
    this.#mirror?.publish([session, room]);
    this.#remove(member);
  }

  /** A session of this worker has ended. */
  end(session: string): void {
    for (const { room } of this.#rooms.of(this.#self, session)) this.leave(session, room);
  }

  /** A session of this worker is with another one now. Until that says so, its names are kept for it. */
  moved(session: string): void {
    if (this.#rooms.of(this.#self, session).length > 0) this.#moved.set(session, false);
  }

  /** A session is with this worker again, or from now on: with the names it had elsewhere. */
  resumed(session: string): void {
    this.#moved.delete(session);
    for (const node of this.#others) {
      for (const { room, name, user } of this.#rooms.of(node, session)) {
        if (this.nameIn(room, session) !== undefined) continue;
        this.join(session, room, name, user);
        const member = this.#rooms.find(this.#self, session, room)!;
        if (this.#rooms.rivals(member).some(({ node }) => node <= this.#self)) this.#yield(member);
      }
    }
  }

  /** What a session of this worker is called in `room`; undefined where it is not in. */
  nameIn(room: string, session: string): string | undefined {
    return this.#rooms.find(this.#self, session, room)?.name;
  }

  listOf(room: string): RoomList {
    return this.#rooms.listOf(room);
  }

  isAnnounced(room: string): boolean {
    return this.#rooms.isAnnounced(room);
  }

  /** Says again what may have been lost, and lets go of sessions that no other worker took. Called at a low rate. */
  beat(): void {
    this.#mirror?.beat();
    for (const [session, isOld] of this.#moved) {
      if (isOld) {
        this.#moved.delete(session);
        this.end(session);
      } else this.#moved.set(session, true);
    }
  }

  #take(node: NodeId, change: Change): void {
    if (change.length === 4) return this.#takeMember(node, change);
    const member = this.#rooms.find(node, ...change);
    if (member !== undefined) this.#remove(member);
  }

  #takeWhole(node: NodeId, members: readonly ToldMember[]): void {
    const gone = new Set(this.#rooms.allOf(node));
    for (const change of members) {
      const [session, room] = change;
      const known = this.#rooms.find(node, session, room);
      if (known !== undefined) gone.delete(known);
      this.#takeMember(node, change);
    }
    for (const member of gone) this.#remove(member);
  }

  #takeMember(node: NodeId, [session, room, name, user]: ToldMember): void {
    const known = this.#rooms.find(node, session, room);
    if (known?.name !== name || known.user !== user) {
      const member = { node, session, room, name, user };
      if (known !== undefined) this.#remove(known);
      this.#add(member);
      if (node < this.#self) {
        for (const rival of this.#rooms.rivals(member)) {
          if (rival.node === this.#self) this.#yield(rival);
        }
      }
    }
    if (this.#moved.has(session)) this.#letGo(session, room);
  }

  // Two took a name at the same moment: it stays with the one whose worker has the lower number.
  #yield(member: Member): void {
    this.leave(member.session, member.room);
    this.#listener.yielded(member);
  }

  // The worker that `session` went to has it in the room now.
  #letGo(session: string, room: string): void {
    this.leave(session, room);
    if (this.#rooms.of(this.#self, session).length === 0) this.#moved.delete(session);
  }

  #add(member: Member): void {
    if (this.#rooms.add(member)) this.#listener.came(member);
  }

  #remove(member: Member): void {
    if (this.#rooms.remove(member)) this.#listener.left(member);
  }
}

function told({ session, room, name, user }: Member): ToldMember {
  return [session, room, name, user];
}
