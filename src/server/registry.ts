// The sessions that live now, in one dense array, and by id.

import { assert } from "../base/assert.ts";
import type { Session } from "../session/session.ts";

/** Places for sessions that several registries share, those of the nodes of one process. */
export interface Seats {
  /** Takes one; false where `max` are taken already. */
  take(max: number): boolean;
  /** Gives one back. */
  give(): void;
}

/** Every session from admission to its end. Adding, removing and one step of iterating cost the same at any size. */
export class Registry {
  readonly #sessions: Session[] = [];
  readonly #byId: Map<string, Session> = new Map();
  readonly #seats: Seats | null;

  /** @param seats Where each session in it has a place; null: there is nobody to share them with. */
  constructor(seats: Seats | null = null) {
    this.#seats = seats;
  }

  get size(): number {
    return this.#sessions.length;
  }

  /** One of those that came first; undefined where nobody is here. */
  get first(): Session | undefined {
    return this.#byId.values().next().value;
  }

  /** The session with this id; undefined where none lives. */
  get(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /** Whether there is a place for one more, of `max`. Where places are shared it is taken: `add()` uses it. */
  hasRoom(max: number): boolean {
    return this.#seats === null ? this.size < max : this.#seats.take(max);
  }

  /** @param hasSeat Whether `hasRoom()` was asked for it. */
  add(session: Session, hasSeat = false): void {
    if (!hasSeat) this.#seats?.take(Infinity);
    assert(session.registryIndex < 0, "a session is added once");
    session.registryIndex = this.#sessions.length;
    this.#sessions.push(session);
    this.#byId.set(session.id, session);
  }

  /** Removes `session`; the last one takes its place. Does nothing for a session that is not here. */
  remove(session: Session): void {
    const index = session.registryIndex;
    if (index < 0) return;
    const last = this.#sessions.pop()!;
    if (last !== session) {
      this.#sessions[index] = last;
      last.registryIndex = index;
    }
    session.registryIndex = -1;
    this.#seats?.give();
    this.#byId.delete(session.id);
  }

  /**
   * Calls `visit` for every session, those that came first foremost. `visit` may end the session it is given, and no
   * other: the one that takes its place is visited next.
   */
  forEach(visit: (session: Session) => void): void {
    for (let i = 0; i < this.#sessions.length;) {
      const session = this.#sessions[i]!;
      visit(session);
      if (this.#sessions[i] === session) i++;
    }
  }
}
