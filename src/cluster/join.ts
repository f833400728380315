// Joins an application to the other nodes of its server: from then on they are one to whoever uses them.

import type { Bus } from "../bus/bus.ts";
import type { Handshake } from "../codec/handshake.ts";
import type { Application } from "../messaging/application.ts";
import type { Remote } from "../messaging/remote.ts";
import { nodeOf } from "../server/session_id.ts";
import type { Elsewhere } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import { Many } from "./many.ts";
import { Moves } from "./moves.ts";
import { One } from "./one.ts";
import { Places } from "./places.ts";
import { Transit } from "./transit.ts";
import { Users } from "./users.ts";

/** What can be told of a node among others. */
export interface Joined {
  /** Sessions of its own ids that others have. */
  readonly away: number;
  /** Sessions of which something still runs where they are not. */
  readonly parted: number;
  /** Tells the others which of their sessions are here: to be called when sessions that were kept have been read. */
  tellGuests(): void;
}

/**
 * Joins `app` to the nodes on `bus`, right before it listens: who asks it from then on finds what was kept. Its ids name
 * `bus.self`.
 *
 * @param nodesMax The nodes 1 to this one are there or will be soon: clients whose sessions they should have wait for them.
 */
export function joinNodes(app: Application, bus: Bus, clock: Clock, nodesMax = 0): Joined {
  const { server } = app;
  const places = new Places(bus, nodesMax);
  const transit = new Transit(bus, clock, (name) => listenFor(name));
  const moves = new Moves({ app, bus, clock, places, transit });
  const one = new One(app, bus, places, moves, transit);
  const many = new Many(app, bus, transit, (id) => one.refer(id));
  const users = new Users(server, bus, (letter) => void one.tell(letter));

  const remote: Remote = {
    send: (...args) => many.send(...args),
    deliver: (...args) => many.deliver(...args),
    ask: (...args) => many.ask(...args),
    session: (id) => one.session(id),
    groupChanged: listenFor,
  };

  function listenFor(name: string): void {
    const isNeeded = app.groups.members(name).size > 0 || transit.needs(name);
    many.listen({ kind: "group", name }, isNeeded);
  }

  // Whether a client wants a session back that others may have.
  function wantsOthers({ resume, features }: Handshake): boolean {
    if (resume === undefined || !features.includes("resume")) return false;
    const { session: id } = resume;
    if (server.registry.get(id) ?? server.waiting.registry.get(id)) return false;
    return places.nodeFor(id) !== undefined || places.mayCome(id);
  }

  async function look(handshake: Handshake, session: Session): Promise<void> {
    if (wantsOthers(handshake)) await moves.fetch(handshake.resume!);
    const { resume, user } = handshake;
    const isBack = resume !== undefined && server.waiting.registry.get(resume.session);
    if (!isBack && users.concerns(user)) await users.makeRoom(session, user);
  }

  const elsewhere: Elsewhere = {
    concerns: (handshake) => wantsOthers(handshake) || users.concerns(handshake.user),
    look: (session, handshake, done) => void look(handshake, session).then(() => server.turn(done)),
  };

  app.remote = remote;
  server.elsewhere = elsewhere;
  server.watch(({ type, session }) => {
    if (type !== "ended" && type !== "moved") return;
    moves.forget(session);
    if (type === "ended") places.tell(session.id, false);
  });
  function tellGuestsOf(isTold: (node: number | undefined) => boolean): void {
    for (const { registry } of [server, server.waiting]) {
      registry.forEach(({ id }) => isTold(nodeOf(id)) && places.tell(id, true));
    }
  }
  // It may have forgotten: it was started again.
  bus.onNode((node, change) => change === "joined" && tellGuestsOf((home) => home === node));
  return {
    tellGuests: () => tellGuestsOf((home) => home !== bus.self),
    get away() {
      return places.away;
    },
    get parted() {
      return moves.size;
    },
  };
}
