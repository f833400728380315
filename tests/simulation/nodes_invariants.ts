// What holds between several nodes: a session is with one of them, and what is said to many is heard once.

import assert from "node:assert/strict";
import type { App } from "../../src/messaging/app.ts";
import type { Session } from "../../src/session/session.ts";
import type { Caller } from "./caller.ts";
import { ROOMS } from "./desk.ts";
import type { Nodes } from "./nodes.ts";

/** Longer than anything said takes to everybody. */
const HEARD_MS_MAX = 5000;

/** No session is with two nodes. */
export function checkOnce({ living }: Nodes): void {
  const seen = new Set<string>();
  for (const { stage: { server } } of living) {
    for (const { registry } of [server, server.waiting]) {
      registry.forEach(({ id }) => {
        assert(!seen.has(id), `the session ${id} is with two nodes`);
        seen.add(id);
      });
    }
  }
}

/** No node remembers where a session is that is over. */
export function checkPlaces({ living }: Nodes): void {
  for (const { joined } of living) assert.equal(joined.away, 0, "sessions are away that are over");
}

/**
 * What is said to everybody, in each group and to each session, from any node, is given once to whom it is for; where the
 * bus keeps no order between nodes, perhaps twice to who has just moved. Nobody comes or goes on purpose meanwhile; who
 * does all the same may miss it.
 */
export async function checkReach(
  nodes: Nodes,
  isOrdered: boolean,
  pass: (ms: number) => Promise<void>,
): Promise<void> {
  const { net, mishaps, prng } = nodes;
  const before = membersOf(nodes);
  const said: { text: string; isFor: (session: Session) => boolean }[] = [];
  const say = (isFor: (session: Session) => boolean, send: (app: App, text: string) => void) => {
    const text = nodes.text(0);
    said.push({ text, isFor });
    send(nodes.living[prng.between(0, nodes.living.length - 1)]!.stage.app, text);
  };
  say(() => true, (app, text) => app.broadcast(text));
  for (let room = 1; room <= ROOMS; room++) {
    const name = `room ${room}`;
    const isMember = ({ groups }: Session) => groups?.has(name) === true;
    say(isMember, (app, text) => app.group(name).broadcast(text));
  }
  // Where a node was not told that a session moved, only its id tells where it is.
  const allAreFound = net!.lost === 0 && mishaps === 0;
  for (const session of allAreFound ? before.keys() : []) {
    say((one) => one === session, (app, text) => void app.reach(session.id)!.send("told", text));
  }
  await pass(HEARD_MS_MAX);
  const after = membersOf(nodes);
  for (const [session, groups] of before) {
    if (after.get(session) !== groups) continue;
    const given = nodes.given.get(session.id)!;
    for (const { text, isFor } of said) {
      const times = given.filter((one) => one === text).length;
      const isRight = !isFor(session) ? times === 0 : isOrdered ? times === 1 : times >= 1;
      assert(isRight, `${session.id} is told ${text} ${times} times`);
    }
  }
}

/**
 * Who is still there was told once whatever was said to everybody since it came, also while it went from node to node.
 * Holds where the bus lost nothing and keeps the order.
 */
export function checkSaid(nodes: Nodes): void {
  for (const { id } of membersOf(nodes).keys()) {
    const given = nodes.given.get(id)!;
    for (const { text, at } of nodes.said) {
      if (at < nodes.openedAt.get(id)!) continue;
      const times = given.filter((one) => one === text).length;
      assert.equal(times, 1, `${id} is told ${text} ${times} times`);
    }
  }
}

/** Nothing runs any more for anybody, wherever it began. */
export function checkAnswered(nodes: Nodes): void {
  for (const { id, requestsRunning } of membersOf(nodes).keys()) {
    assert.equal(requestsRunning, 0, `Requests of ${id} are never answered`);
  }
}

/** Whether `caller` was told anything twice in one of its sessions. */
export function hearsTwice({ history }: Caller, { given }: Nodes): boolean {
  return history.some((heard) => {
    const texts = heard.kind === "open" ? given.get(heard.session)! : [];
    return new Set(texts).size < texts.length;
  });
}

function membersOf({ living }: Nodes): Map<Session, string> {
  const members = new Map<Session, string>();
  for (const { stage: { server } } of living) {
    for (const { registry } of [server, server.waiting]) {
      registry.forEach((session) => {
        if (session.isReachable) members.set(session, [...session.groups ?? []].join());
      });
    }
  }
  return members;
}
