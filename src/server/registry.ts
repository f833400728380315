// The sessions that live now, in one dense array.

import { assert } from "../base/assert.ts";
import type { Session } from "../session/session.ts";

/** Every session from admission to its end. Adding, removing and one step of iterating cost the same at any size. */
export class Registry {
  readonly #sessions: Session[] = [];

  get size(): number {
    return this.#sessions.length;
  }

  add(session: Session): void {
    assert(session.registryIndex < 0, "a session is added once");
    session.registryIndex = this.#sessions.length;
    this.#sessions.push(session);
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
