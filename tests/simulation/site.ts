// The server of the simulation of clients that come back: one process after the other. What it does for its clients is in
// desk.ts.

import type { Prng } from "../../src/base/prng.ts";
import type { SessionStore } from "../../src/server/session_store.ts";
import type { Link } from "../../src/session/link.ts";
import type { Session } from "../../src/session/session.ts";
import { Stage } from "../unit/server/stage.ts";
import { Disk, memoryStore } from "../unit/store/memory_store.ts";
import { Desk } from "./desk.ts";
import type { ResumeScenario } from "./resume_scenario.ts";

export class Site extends Desk {
  /** The process that runs, and all there were. */
  stage: Stage;
  readonly stages: Stage[] = [];
  /** Whether one of them ended without a word. */
  hasCrashed = false;
  readonly #scenario: ResumeScenario;
  readonly #disk = new Disk();
  // Connections that stand: the session of one changes when it is continued, or lost.
  #links: Link[] = [];

  constructor(scenario: ResumeScenario, prng: Prng) {
    super(prng, () => this.stage.world.clock);
    this.#scenario = scenario;
    this.stage = this.#begin();
  }

  /** Another process takes the place of one that is over. */
  restart(): void {
    this.stage = this.#begin(this.stage);
  }

  /** The process is gone without a word, and another one takes its place. */
  crash(): void {
    const { server, world } = this.stage;
    this.hasCrashed = true;
    for (const stream of [...world.openStreams]) stream.cut();
    this.#disk.fault = new Error("The process is gone");
    // It tidies up, of which nobody hears.
    server.drain(() => {});
    this.#disk.fault = null;
    this.stage = this.#begin(this.stage);
  }

  /** Every session there is, with a connection or without, and whoever sees one off. */
  get sessions(): Set<Session> {
    this.#links = this.#links.filter(({ session }) => session.state !== "closed");
    const sessions = new Set(this.#links.map(({ session }) => session));
    this.stage.server.waiting.registry.forEach((session) => void sessions.add(session));
    return sessions;
  }

  /** Tells and asks somebody something, or nobody. */
  act(kickChance: number): void {
    const { app } = this.stage;
    const sessions = app.everyone.sessions();
    this.deal(app, sessions[this.prng.between(0, sessions.length - 1)], kickChance);
  }

  /** Tells every session something, so that whoever missed something before hears of it. */
  tellAll(): void {
    this.stage.app.broadcast(this.text(0));
  }

  #begin(after?: Stage): Stage {
    const { restarts, stage: options } = this.#scenario;
    const isKept = restarts.size > 0;
    const stage = new Stage({
      ...options,
      seed: options.seed! + this.stages.length,
      ...(after === undefined ? {} : { after }),
      ...(isKept ? { store: this.#storeOf(this.stages.length) } : {}),
      routes: (app) => this.serve(app),
      onSession: (session) => {
        this.#links.push(session.link!);
        this.watch(session);
      },
    });
    this.#links = [];
    this.stages.push(stage);
    stage.server.waiting.registry.forEach((session) => this.watch(session));
    this.watchServer(stage.server);
    return stage;
  }

  // What a process writes that is gone reaches no disk.
  #storeOf(process: number): SessionStore {
    const store = memoryStore(this.#disk, () => this.stage?.now ?? 0);
    const isGone = () => this.stages.length > process + 1;
    return {
      load: () => store.load(),
      save: (sessions, gone) => void (isGone() || store.save(sessions, gone)),
      takeIds: (id, high, low) => void (isGone() || store.takeIds(id, high, low)),
      close: (sessions) => void (isGone() || store.close(sessions)),
    };
  }
}
