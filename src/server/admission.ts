// Who may come in, and when: the number of sessions, the rate of new ones, limits per address and per user.

import type { CodeName } from "../codec/codes.ts";
import { ADMISSION_WAIT_SECONDS_MAX, retryAfter } from "../limits/refusal.ts";
import { count } from "../observe/counters.ts";
import { disconnect, expire, fail } from "../session/ending.ts";
import { admit } from "../session/opening.ts";
import type { SessionOwner } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import { AcceptPacer } from "./accept_pacer.ts";
import { addressKey } from "./address_key.ts";
import type { Registry } from "./registry.ts";
import { SessionIndex } from "./session_index.ts";

/**
 * The door of a server. The sessions of each address are kept where a limit is set, those of each user always. A session
 * enters when it is admitted and leaves where it leaves the registry: there is no other way out, so nothing is counted
 * for ever.
 */
export class Admission {
  readonly #owner: SessionOwner;
  readonly #registry: Registry;
  readonly #pacer: AcceptPacer | null;
  /** Whether nobody comes in from `host`, or as `user` where that is not empty; set by whoever keeps the bans. */
  isBanned: (host: string, user: string) => boolean = () => false;
  readonly #users: SessionIndex;
  readonly #addresses: SessionIndex = new SessionIndex();

  constructor(owner: SessionOwner, registry: Registry, users: SessionIndex, clock: Clock) {
    const { acceptRate } = owner.limits;
    this.#owner = owner;
    this.#registry = registry;
    this.#users = users;
    this.#pacer = acceptRate === 0
      ? null
      : new AcceptPacer(acceptRate, clock, (sessions) => this.#admitAll(sessions));
  }

  /** A new session is at the door: it is let in, waits, or is refused. */
  offer(session: Session): void {
    if (this.#pacer === null) return this.#admit(session);
    if (this.#pacer.offer(session)) return;
    const waitMs = 1000 * ADMISSION_WAIT_SECONDS_MAX;
    this.#refuse(
      session,
      "server_full",
      "Too many came at once: the wait would be too long",
      waitMs,
    );
  }

  /** Takes everybody out who waits. */
  takeWaiting(): Iterable<Session> {
    return this.#pacer?.takeAll() ?? [];
  }

  /** Takes `session` in as one of its user's. Returns whether it may stay; if not, it is ended. */
  enterUser(session: Session): boolean {
    if (this.isBanned(session.peer.host, session.user)) {
      fail(session, "banned", "This user is banned");
      return false;
    }
    const { limits: { sessionsPerUser: max }, policies, now } = this.#owner;
    const sessions = this.#users.get(session.user);
    const oldest = max > 0 && sessions.size >= max ? sessions.values().next().value : undefined;
    if (oldest?.state === "waiting") expire(oldest);
    else if (oldest && this.#owner.limitHit(session, "too_many_for_user")) {
      if (policies.sessionsPerUserPolicy === "refuse") {
        const { heardAt, timeoutMs } = oldest.heartbeat;
        fail(session, "too_many_for_user", "This user has all the sessions it may", {
          retryAfterMs: Math.max(0, Math.ceil(heardAt + timeoutMs - now)),
        });
        return false;
      }
      disconnect(oldest, "replaced", "server", "The same user came again");
    }
    this.#users.add(session.user, session);
    return true;
  }

  /** Takes `session` in as one of its user's that was let in elsewhere. */
  rejoinUser(session: Session): void {
    if (session.user !== "") this.#users.add(session.user, session);
  }

  /** `session` has ended. */
  leave(session: Session): void {
    this.leaveAddress(session);
    if (session.user !== "") this.#users.remove(session.user, session);
  }

  /** `session` has no connection any more, or another one. */
  leaveAddress(session: Session): void {
    if (this.#addresses.size > 0) this.#addresses.remove(addressKey(session.peer.host), session);
  }

  /** It has this one now, which was let in already. */
  enterAddress(session: Session): void {
    const max = this.#owner.limits.connectionsPerAddress;
    if (max > 0) this.#addresses.add(addressKey(session.peer.host), session);
  }

  #admitAll(sessions: Iterable<Session>): void {
    this.#owner.enterTurn();
    try {
      for (const session of sessions) this.#admit(session);
    } finally {
      this.#owner.leaveTurn();
    }
  }

  #admit(session: Session): void {
    const { limits } = this.#owner;
    if (this.isBanned(session.peer.host, "")) {
      return this.#refuse(session, "banned", "This address is banned");
    }
    if (!this.#mayEnterAddress(session, limits.connectionsPerAddress)) {
      const message = "Too many sessions come from this address";
      return this.#refuse(session, "too_many_from_address", message);
    }
    if (!this.#registry.hasRoom(limits.maxConnections)) {
      this.leaveAddress(session);
      return this.#refuse(session, "server_full", "The server holds all the sessions it may");
    }
    this.#registry.add(session, true);
    admit(session);
  }

  #refuse(session: Session, name: CodeName, message: string, waitMs = 0): void {
    count(this.#owner.counters.refused, name);
    fail(session, name, message, { retryAfterMs: waitMs + retryAfter(this.#owner.random()) });
  }

  #mayEnterAddress(session: Session, max: number): boolean {
    if (max === 0) return true;
    const full = this.#addresses.get(addressKey(session.peer.host)).size >= max;
    if (full && this.#owner.limitHit(session, "too_many_from_address")) return false;
    this.enterAddress(session);
    return true;
  }

  /** Addresses that are counted now. */
  get addresses(): number {
    return this.#addresses.size;
  }
}
