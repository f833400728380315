// Messages to many that would miss a session on its way from one node to another: the old node passes them on until the
// new one has it, and the new one leaves out what it has given to the session itself. Nothing is lost or doubled; what
// was said while it travelled may come behind what was said right after.

import type { Bus, NodeId } from "../bus/bus.ts";
import { BUS_DEADLINE_MS } from "../limits/bus.ts";
import type { Application } from "../messaging/application.ts";
import { broadcastOf, notificationOf } from "../messaging/message.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import { sealToSession, SESSION, type ToMany } from "./letters.ts";

/** A session that goes. */
interface Leaving {
  readonly session: Session;
  readonly groups: ReadonlySet<string>;
  readonly to: NodeId;
}

/** A session that came, and the messages that reached it here since. */
interface Landed {
  readonly session: Session;
  readonly keys: Set<string>;
}

const NOBODY: readonly string[] = [];

/** Both, as far as this node is concerned. */
export class Transit {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #leaving: Map<string, Leaving> = new Map();
  readonly #landed: Map<string, Landed> = new Map();
  /** Hears of a group that somebody who goes needs, or does not need any more. */
  readonly #groupChanged: (name: string) => void;

  constructor(bus: Bus, clock: Clock, groupChanged: (name: string) => void) {
    this.#bus = bus;
    this.#clock = clock;
    this.#groupChanged = groupChanged;
  }

  /** Whether somebody who goes has to hear what is said to this group. */
  needs(group: string): boolean {
    for (const { groups } of this.#leaving.values()) if (groups.has(group)) return true;
    return false;
  }

  /** `session`, which was in `groups`, goes to the node `to`, which will say that it has landed. */
  leaves(session: Session, groups: ReadonlySet<string>, to: NodeId): void {
    this.#leaving.set(session.id, { session, groups, to });
    for (const name of groups) this.#groupChanged(name);
    this.#clock.schedule(BUS_DEADLINE_MS, () => this.hasLanded(session.id));
  }

  /** It has; or it is lost. */
  hasLanded(id: string): void {
    const leaving = this.#leaving.get(id);
    if (!this.#leaving.delete(id)) return;
    for (const name of leaving!.groups) this.#groupChanged(name);
  }

  /** `session` is here now, from `node`. */
  lands(session: Session, node: NodeId): void {
    const { id } = session;
    const landed: Landed = { session, keys: new Set() };
    this.#landed.set(id, landed);
    this.#clock.schedule(BUS_DEADLINE_MS, () => {
      if (this.#landed.get(id) === landed) this.#landed.delete(id);
    });
    this.#bus.publish(SESSION, sealToSession({ op: "landed", id }), node);
  }

  /** A message to many is given to the sessions that are here. Returns those that it was passed on to already. */
  passes(letter: ToMany, bytes: Uint8Array): readonly string[] {
    if (this.#leaving.size + this.#landed.size === 0) return NOBODY;
    const heard: string[] = [];
    for (const { session, groups, to } of this.#leaving.values()) {
      if (!isMeant(letter, session, groups)) continue;
      const { key, route } = letter;
      this.#bus.publish(
        SESSION,
        sealToSession({ op: "heard", id: session.id, key, route }, bytes),
        to,
      );
    }
    for (const { session, keys } of this.#landed.values()) {
      if (!isMeant(letter, session, session.groups)) continue;
      if (keys.has(letter.key)) heard.push(session.id);
      keys.add(letter.key);
    }
    return heard;
  }

  /** The node before passes a message on to `session`. */
  heard(
    app: Application,
    session: Session,
    key: string,
    route: string | null,
    bytes: Uint8Array,
  ): void {
    const keys = this.#landed.get(session.id)?.keys;
    if (keys?.has(key)) return;
    keys?.add(key);
    const message = route === null ? broadcastOf(bytes) : notificationOf(route, bytes);
    app.server.turn(() => message(session));
  }
}

function isMeant(
  { target, selection: { except, tags } }: ToMany,
  { id, user, tags: own }: Session,
  groups: ReadonlySet<string> | null,
): boolean {
  if (target.kind === "group" && !groups?.has(target.name)) return false;
  if (target.kind === "user" && target.name !== user) return false;
  return !except.includes(id) && Object.entries(tags).every(([name, value]) => own[name] === value);
}
