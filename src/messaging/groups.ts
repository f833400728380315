// Groups of sessions: who is in which. A group is there as long as somebody is in it.

import { encodeText } from "../base/text.ts";
import { GROUPS_PER_SESSION_MAX, NAME_BYTES_MAX } from "../limits/messaging.ts";
import { SessionIndex } from "../server/session_index.ts";
import type { Session } from "../session/session.ts";

/** Whether `name` can be a group: 1 to 255 bytes of UTF-8. */
export function isGroupName(name: string): boolean {
  return name !== "" && name.length <= NAME_BYTES_MAX && encodeText(name).length <= NAME_BYTES_MAX;
}

/** Every group of a server. */
export class Groups {
  readonly #members: SessionIndex = new SessionIndex();
  readonly #changed: (name: string) => void;

  /** @param changed Hears of each group that has its first member, or lost its last one. */
  constructor(changed: (name: string) => void = () => {}) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#members.size;
  }

  get names(): Iterable<string> {
    return this.#members.keys();
  }

  members(name: string): ReadonlySet<Session> {
    return this.#members.get(name);
  }

  /** Takes `session` in; false where it has ended or is in as many groups as it may be. */
  join(name: string, session: Session): boolean {
    if (!session.isReachable) return false;
    const groups = session.groups ??= new Set();
    if (groups.size >= GROUPS_PER_SESSION_MAX && !groups.has(name)) return false;
    groups.add(name);
    this.#add(name, session);
    session.owner.waiting.changed(session);
    return true;
  }

  /** Takes `session` out; false where it was not in. */
  leave(name: string, session: Session): boolean {
    if (!session.groups?.delete(name)) return false;
    this.#remove(name, session);
    session.owner.waiting.changed(session);
    return true;
  }

  /** `session` brought its groups with it. */
  rejoin(session: Session): void {
    for (const name of session.groups ?? []) this.#add(name, session);
  }

  /** `session` has ended. */
  leaveAll(session: Session): void {
    if (session.groups === null) return;
    for (const name of session.groups) this.#remove(name, session);
    session.groups = null;
  }

  #add(name: string, session: Session): void {
    this.#members.add(name, session);
    if (this.#members.get(name).size === 1) this.#changed(name);
  }

  #remove(name: string, session: Session): void {
    this.#members.remove(name, session);
    if (this.#members.get(name).size === 0) this.#changed(name);
  }
}
