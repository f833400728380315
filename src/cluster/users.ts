// The limit of sessions per user over all nodes: who comes asks the others first, and makes room as the policy says.

import type { Bus, NodeId } from "../bus/bus.ts";
import { seal, unseal } from "../bus/envelope.ts";
import { checkMsMax } from "../limits/cluster.ts";
import { retryAfter } from "../limits/refusal.ts";
import type { Server } from "../server/server.ts";
import { disconnect, expire, fail } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import { type ToSession, USERS, type UserSession } from "./letters.ts";

/** A session of the user, here or elsewhere. */
interface Known extends UserSession {
  /** Null: it is with another node. */
  readonly session: Session | null;
  readonly node: NodeId;
}

/** What this node knows of users that come. */
export class Users {
  readonly #server: Server;
  readonly #bus: Bus;
  readonly #tell: (letter: ToSession) => void;
  /** Sessions that ask just now, by user: two that come at once to two nodes see each other. */
  readonly #coming: Map<Session, string> = new Map();

  constructor(server: Server, bus: Bus, tell: (letter: ToSession) => void) {
    this.#server = server;
    this.#bus = bus;
    this.#tell = tell;
    bus.serve(USERS, (message) => {
      const { user } = unseal<{ user: string }>(message);
      const sessions = this.#here(user).map(({ id, openForMs }) => ({ id, openForMs }));
      return seal({ sessions });
    });
  }

  /** Whether the limit is one that other nodes have to be asked about. */
  concerns(user: string): boolean {
    return user !== "" && this.#server.limits.sessionsPerUser > 0 && this.#bus.others.size > 0;
  }

  /** Makes room for `session` of `user` among those of the other nodes, or ends it. What is here is the door's part. */
  async makeRoom(session: Session, user: string): Promise<void> {
    this.#coming.set(session, user);
    try {
      const deadlineMs = checkMsMax(this.#server.limits);
      const replies = await this.#bus.request(USERS, seal({ user }), "all", deadlineMs);
      const there = replies.flatMap(({ from, message }) =>
        unseal<{ sessions: UserSession[] }>(message).sessions
          .map((known): Known => ({ ...known, session: null, node: from }))
      );
      if (there.length > 0) this.#server.turn(() => this.#decide(session, user, there));
    } finally {
      this.#coming.delete(session);
    }
  }

  #here(user: string): Known[] {
    const { users, now } = this.#server;
    const node = this.#bus.self;
    const known: Known[] = [];
    for (const session of users.get(user)) {
      known.push({ id: session.id, openForMs: now - session.openedAt, session, node });
    }
    for (const [session, name] of this.#coming) {
      if (name === user) known.push({ id: session.id, openForMs: null, session, node });
    }
    return known;
  }

  #decide(session: Session, user: string, there: readonly Known[]): void {
    if (session.state !== "connecting") return;
    const { limits: { sessionsPerUser: max }, policies } = this.#server;
    // Of those that come at the same moment every node lets the same ones in first.
    const before = [...this.#here(user), ...there]
      .filter(({ id, openForMs }) => openForMs !== null || id < session.id)
      .sort((a, b) => (b.openForMs ?? -1) - (a.openForMs ?? -1));
    const surplus = before.length + 1 - max;
    if (surplus <= 0 || !this.#server.limitHit(session, "too_many_for_user")) return;
    if (policies.sessionsPerUserPolicy === "refuse") {
      return fail(session, "too_many_for_user", "This user has all the sessions it may", {
        retryAfterMs: retryAfter(this.#server.random()),
      });
    }
    for (const { id, session } of before.slice(0, surplus)) {
      if (session === null) this.#tell({ op: "replace", id });
      else if (session.state === "waiting") expire(session);
      else disconnect(session, "replaced", "server", "The same user came again");
    }
  }
}
