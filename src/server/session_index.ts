// Sessions by a key that many of them may share: a user, an address, a group.

import type { Session } from "../session/session.ts";

const NOBODY: ReadonlySet<Session> = new Set();

/** Finds the sessions of a key. A key without sessions is forgotten, so nothing stays behind. */
export class SessionIndex {
  readonly #sets: Map<string, Set<Session>> = new Map();

  /** Keys that have a session. */
  get size(): number {
    return this.#sets.size;
  }

  /** The sessions of `key`, oldest first. They may leave while somebody iterates. */
  get(key: string): ReadonlySet<Session> {
    return this.#sets.get(key) ?? NOBODY;
  }

  keys(): Iterable<string> {
    return this.#sets.keys();
  }

  add(key: string, session: Session): void {
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([session]));
    else set.add(session);
  }

  remove(key: string, session: Session): void {
    const set = this.#sets.get(key);
    if (set?.delete(session) && set.size === 0) this.#sets.delete(key);
  }
}
