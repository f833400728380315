// The sessions that live now, in one dense array, and by id.

import { assert } from "../base/assert.ts";
import type { Session } from "../session/session.ts";

/** Every session from admission to its end. Adding, removing and one step of iterating cost the same at any size. */
export class Registry {
  readonly #sessions: Session[] = [];
  readonly #byId: Map<string, Session> = new Map();

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

  add(session: Session): void {
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
