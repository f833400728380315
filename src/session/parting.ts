// Sessions and connections part and meet: a session that waits for its client, and one that is continued.

import type { Address, Connection } from "../transport/transport.ts";
import { nextDeadline } from "./deadlines.ts";
import { Session } from "./session.ts";

const NOWHERE_ADDRESS: Address = { host: "", port: 0 };

/** What a session has that has no connection: it takes nothing and says nothing. */
export const NOWHERE: Connection = {
  peer: NOWHERE_ADDRESS,
  write: () => 0,
  pause() {},
  resume() {},
  end() {},
  terminate() {},
};

/**
 * Takes the connection away from `session`. What is returned has it, with everything that belongs to it, and nothing
 * else: it sees the socket off.
 */
export function part(session: Session): Session {
  const husk = new Session(session.id, NOWHERE, session.owner);
  exchange(session, husk);
  return husk;
}

/** Gives each of the two the other's connection, with everything that belongs to it. */
export function exchange(one: Session, other: Session): void {
  swap(one, other, "connection");
  swap(one, other, "link");
  swap(one, other, "peer");
  swap(one, other, "inbound");
  swap(one, other, "outbound");
  swap(one, other, "heartbeat");
  swap(one, other, "rate");
  swap(one, other, "stalledSince");
  for (const session of [one, other]) {
    const { link, owner } = session;
    if (link !== null) link.session = session;
    owner.letSleep(session);
    owner.wakeAt(session, nextDeadline(session));
    owner.touch(session);
  }
}

function swap<Key extends keyof Session>(one: Session, other: Session, key: Key): void {
  const value = one[key];
  one[key] = other[key];
  other[key] = value;
}
