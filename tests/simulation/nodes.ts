// The server of the simulation of several nodes: they are joined by a lossy bus, crash, lose each other and come back.

import type { Prng } from "../../src/base/prng.ts";
import { type Joined, joinNodes } from "../../src/cluster/join.ts";
import type { App } from "../../src/messaging/app.ts";
import type { SessionReference } from "../../src/messaging/remote.ts";
import type { Link } from "../../src/session/link.ts";
import type { Session } from "../../src/session/session.ts";
import { Stage, type StageOptions } from "../unit/server/stage.ts";
import { Desk } from "./desk.ts";
import { type LossyBus, LossyNet } from "./lossy_bus.ts";
import type { Mishap, NodesScenario } from "./nodes_scenario.ts";

/** One node. */
export interface SimNode {
  readonly stage: Stage;
  readonly bus: LossyBus;
  readonly joined: Joined;
  /** Every session of which it holds anything. */
  readonly sessions: Set<Session>;
  /** What became of it; null: it is well. */
  mishap: Mishap | null;
}

export class Nodes extends Desk {
  /** Those that run, or are to run again. */
  readonly all: SimNode[] = [];
  readonly stages: Stage[] = [];
  net: LossyNet | null = null;
  /** A crash leaves no holes in what a client hears: what it had is gone as a whole. */
  readonly hasCrashed = false;
  /** How many things became of nodes. */
  mishaps = 0;
  /** What was said to everybody, and when. */
  readonly said: { readonly text: string; readonly at: number }[] = [];
  /** When each session was past its handshake. */
  readonly openedAt: Map<string, number> = new Map();
  readonly #scenario: NodesScenario;

  constructor(scenario: NodesScenario, prng: Prng) {
    super(prng, () => this.stage.world.clock);
    this.#scenario = scenario;
    for (let i = 0; i < scenario.nodes; i++) {
      this.all.push(this.#begin(i, { beside: this.stages[0] }));
    }
  }

  /** Any of them, for what they share. */
  get stage(): Stage {
    return this.stages[0]!;
  }

  /** Those that run. */
  get living(): SimNode[] {
    return this.all.filter(({ mishap }) => mishap !== "crash");
  }

  /** Tells and asks somebody something from anywhere, or nobody. */
  act(kickChance: number): void {
    const app = this.#anyApp();
    const ids = this.living.flatMap(({ stage }) => stage.app.everyone.here.sessions()).map((
      { id },
    ) => id);
    const id = ids[this.prng.between(0, ids.length - 1)];
    const somebody: SessionReference | undefined = id === undefined ? undefined : app.reach(id);
    this.deal(app, somebody, kickChance);
  }

  /** Tells every session something, so that whoever missed something before hears of it. */
  tellAll(): void {
    this.#anyApp().broadcast(this.text(0));
  }

  /** Something becomes of a node, or what became of it is over. */
  meddle(): void {
    const { mishapChance, healChance } = this.#scenario;
    for (const [i, node] of this.all.entries()) {
      if (node.mishap !== null) {
        if (this.prng.chance(healChance)) this.#heal(i, node);
      } else if (this.prng.chance(mishapChance)) {
        this.mishaps++;
        this.#strike(node, this.prng.chance(0.5) ? "crash" : "part");
      }
    }
  }

  /** All is well from now on: everybody is there, and nothing is lost. */
  healAll(): void {
    this.net!.isCalm = true;
    for (const [i, node] of this.all.entries()) if (node.mishap !== null) this.#heal(i, node);
  }

  #anyApp(): App {
    const { living } = this;
    return living[this.prng.between(0, living.length - 1)]?.stage.app ?? this.stage.app;
  }

  #strike(node: SimNode, mishap: Mishap): void {
    const { stage: { server, world, address }, bus } = node;
    node.mishap = mishap;
    bus.leave();
    if (mishap === "part") return;
    for (const stream of [...world.openStreams]) {
      if (stream.client.peer.port === address.port) stream.cut();
    }
    // It tidies up, of which nobody hears.
    server.drain(() => {});
  }

  #heal(i: number, node: SimNode): void {
    if (node.mishap === "part") node.bus.enter();
    else this.all[i] = this.#begin(i, { after: node.stage });
    node.mishap = null;
  }

  #begin(i: number, where: Pick<StageOptions, "beside" | "after">): SimNode {
    const { stage: options } = this.#scenario;
    const known = new Set<Session>();
    const links = new Set<Link>();
    const meet = (session: Session) => {
      known.add(session);
      this.watch(session);
    };
    const stage = new Stage({
      ...options,
      ...where,
      seed: options.seed! + this.stages.length,
      nodeId: i + 1,
      routes: (app) => this.serve(app),
      onSession: (session) => {
        links.add(session.link!);
        meet(session);
      },
    });
    this.stages.push(stage);
    const { app, server: { waiting }, world: { clock } } = stage;
    app.on("connect", ({ id }) => void this.openedAt.set(id, clock.now()));
    const { broadcast } = app;
    app.broadcast = (text, ...options) => {
      this.said.push({ text: text as string, at: clock.now() });
      return broadcast.call(app, text, ...options);
    };
    this.watchServer(stage.server);
    // Those that come from other nodes come without a connection.
    const { takeOver } = waiting;
    waiting.takeOver = (...moved) => {
      const session = takeOver.apply(waiting, moved);
      if (session !== undefined) meet(session);
      return session;
    };
    this.net ??= new LossyNet(clock, this.prng, this.#scenario.bus);
    const bus = this.net.busOf(i + 1);
    const joined = joinNodes(stage.app, bus, clock);
    bus.enter();
    return {
      stage,
      bus,
      joined,
      mishap: null,
      get sessions() {
        return holders(known, links);
      },
    };
  }
}

// Those with a connection, and whoever sees one off; those that wait; those that went while something ran. What is over is
// forgotten.
function holders(known: Set<Session>, links: Set<Link>): Set<Session> {
  const sessions = new Set<Session>();
  for (const link of links) {
    if (link.session.state === "closed") links.delete(link);
    else sessions.add(link.session);
  }
  for (const session of known) {
    if (session.state === "waiting" || (session.work?.heldBytes ?? 0) > 0) sessions.add(session);
    else if (session.state === "closed") known.delete(session);
  }
  return sessions;
}
