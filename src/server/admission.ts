// Who may come in: limits per address and per user, counted over the sessions that live now.

import type { CodeName } from "../codec/codes.ts";
import { disconnect, fail } from "../session/ending.ts";
import type { SessionOwner } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import { addressKey } from "./address_key.ts";

/**
 * The sessions of each address and each user, oldest first. Only kept where the limit is set. A session enters when it
 * is admitted and leaves where it leaves the registry: there is no other way out, so nothing is counted for ever.
 */
export class Admission {
  readonly #owner: SessionOwner;
  readonly #addresses: Map<string, Set<Session>> = new Map();
  readonly #users: Map<string, Set<Session>> = new Map();

  constructor(owner: SessionOwner) {
    this.#owner = owner;
  }

  /** Takes `session` in from its address, or tells why not. */
  enter(session: Session): CodeName | null {
    const max = this.#owner.limits.connectionsPerAddress;
    if (max === 0) return null;
    const key = addressKey(session.peer.host);
    const full = (this.#addresses.get(key)?.size ?? 0) >= max;
    if (full && this.#owner.limitHit(session, "too_many_from_address")) {
      return "too_many_from_address";
    }
    add(this.#addresses, key, session);
    return null;
  }

  /** Takes `session` in as one of its user's. Returns whether it may stay; if not, it is ended. */
  enterUser(session: Session): boolean {
    const { limits: { sessionsPerUser: max }, policies, now } = this.#owner;
    if (max === 0) return true;
    const sessions = this.#users.get(session.user) ?? new Set();
    const oldest = sessions.values().next().value;
    if (sessions.size >= max && oldest && this.#owner.limitHit(session, "too_many_for_user")) {
      if (policies.sessionsPerUserPolicy === "refuse") {
        const { heardAt, timeoutMs } = oldest.heartbeat;
        fail(session, "too_many_for_user", "This user has all the sessions it may", {
          retryAfterMs: Math.max(0, Math.ceil(heardAt + timeoutMs - now)),
        });
        return false;
      }
      disconnect(oldest, "replaced", "server", "The same user came again");
    }
    add(this.#users, session.user, session);
    return true;
  }

  /** `session` has left the registry. */
  leave(session: Session): void {
    if (this.#addresses.size > 0) remove(this.#addresses, addressKey(session.peer.host), session);
    if (this.#users.size > 0) remove(this.#users, session.user, session);
  }

  /** Addresses and users that are counted now. */
  get size(): number {
    return this.#addresses.size + this.#users.size;
  }
}

function add(groups: Map<string, Set<Session>>, key: string, session: Session): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, new Set([session]));
  else group.add(session);
}

function remove(groups: Map<string, Set<Session>>, key: string, session: Session): void {
  const group = groups.get(key);
  if (group?.delete(session) && group.size === 0) groups.delete(key);
}
