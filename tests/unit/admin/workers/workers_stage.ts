// Several workers, each on a simulated network of its own, and the front that answers for all of them: joined by a hub,
// without threads and without sockets.

import { createNodeContext } from "../../../../src/admin/create_context.ts";
import type {
  AdminApp,
  NodeContext,
  Reloaded,
  WorkerState,
} from "../../../../src/admin/context.ts";
import { tokenOf } from "../../../../src/admin/token.ts";
import { adminFront, createFront, type Front } from "../../../../src/admin/workers/front.ts";
import { frontMetrics } from "../../../../src/admin/workers/metrics.ts";
import { serveAdmin } from "../../../../src/admin/workers/serve_admin.ts";
import { GROUPS, METRICS, REPORT, ROUTES } from "../../../../src/admin/workers/subjects.ts";
import { joinNodes } from "../../../../src/cluster/join.ts";
import { Hub } from "../../../../src/bus/hub.ts";
import { joinHere } from "../../../../src/bus/join_here.ts";
import { DEFAULT_LIMITS, type ServerLimits } from "../../../../src/limits/server.ts";
import { World } from "../../../../src/runtime/sim/world.ts";
import { type LogLine, Stage, type StageOptions } from "../../server/stage.ts";
import { type Answer, type Asking, askOf, fetchFrom, SECRET } from "../asking.ts";

/** The time of day at which every worker begins. */
const DAWN = Date.now();

/** By how much the clock of each worker is ahead of that of the one before. */
const APART_MS = 10_000;

const USAGE = {
  cpuUserSeconds: 1,
  cpuSystemSeconds: 2,
  residentBytes: 3000,
  heapBytes: 2000,
  openDescriptors: 10,
  maxDescriptors: 1000,
};

/** One worker. */
export class WorkerStage extends Stage {
  readonly node: number;
  readonly context: NodeContext & { close(): void };
  readonly adminLog: LogLine[] = [];
  /** Takes it away, as a crash does. */
  leave: () => void = () => {};

  /** @param restarts How often it was started again, a second later each time. */
  constructor(node: number, restarts: number, options: StageOptions) {
    super({ nodeId: node, seed: node, ...options });
    this.node = node;
    this.run(node * APART_MS + restarts * 1000);
    this.context = createNodeContext({
      app: this.app,
      clock: this.world.clock,
      wall: (at) => DAWN + at - node * APART_MS,
      log: (level, event, fields) => void this.adminLog.push({ level, event, fields }),
      memoryBytes: options.memoryBytes ?? 2 ** 40,
      usage: () => USAGE,
      worker: node,
      listening: () => this.address,
    });
  }
}

/** All of them. */
export class WorkersStage {
  readonly hub: Hub = new Hub();
  /** That of the supervisor. */
  readonly world: World = new World(1);
  readonly workers: WorkerStage[] = [];
  readonly log: LogLine[] = [];
  readonly front: Front & { close(): void };
  /** What the supervisor knows of its workers. */
  readonly states: WorkerState[] = [];
  drains = 0;
  isListening = true;
  /** Those of the whole. */
  readonly limits: ServerLimits = { ...DEFAULT_LIMITS, acceptRate: 4000 };
  reloaded: Reloaded = { applied: [], needsRestart: [] };
  readonly #app: AdminApp;

  private constructor(api: (front: Front) => AdminApp) {
    const { bus } = joinHere(this.hub, 0, this.world.clock);
    this.front = createFront({
      bus,
      clock: this.world.clock,
      log: (level, event, fields) => void this.log.push({ level, event, fields }),
      about: { version: "1.2.3", commit: "abc", target: "test", runtime: "fake 1.0.0" },
      node: "node-1",
      usage: () => USAGE,
      listening: () => this.isListening ? { host: "127.0.0.1", port: 9000 } : undefined,
      isDraining: () => this.drains > 0,
      drain: () => void this.drains++,
      reload: () => this.reloaded,
      limits: () => this.limits,
      workers: () => this.states,
      busDropped: () => this.hub.dropped,
    });
    this.#app = api(this.front);
  }

  /** With so many workers. */
  static async open(count: number, options: StageOptions = {}): Promise<WorkersStage> {
    const token = await tokenOf(SECRET);
    const stage = new WorkersStage((front) =>
      adminFront(front, { token, host: "127.0.0.1" }, frontMetrics(front))
    );
    for (let node = 1; node <= count; node++) await stage.add(node, options);
    return stage;
  }

  /** One more worker, or one in the place of one that left. */
  async add(node: number, options: StageOptions = {}): Promise<WorkerStage> {
    const restarts = (this.states[node - 1]?.restarts ?? -1) + 1;
    const worker = new WorkerStage(node, restarts, options);
    const { bus, leave } = joinHere(this.hub, node, worker.world.clock);
    worker.leave = () => {
      leave();
      this.states[node - 1] = { node, isUp: false, restarts };
    };
    joinNodes(worker.app, bus, worker.world.clock);
    await serveAdmin(bus, worker.context);
    this.workers[node - 1] = worker;
    this.states[node - 1] = { node, isUp: true, restarts };
    return worker;
  }

  /** A worker that takes every question and answers none. */
  addSilent(node: number): void {
    const { bus } = joinHere(this.hub, node, this.world.clock);
    for (const subject of [ROUTES, REPORT, GROUPS, METRICS]) {
      bus.serve(subject, () => new Promise(() => {}));
    }
    this.states[node - 1] = { node, isUp: true, restarts: 0 };
  }

  /** Asks the front as `GET /path`, with a body where one is given. */
  async ask(what: string, asking: Asking = {}): Promise<Answer> {
    return await askOf(this.#app, what, asking);
  }

  /** The same, where somebody will not answer in time. */
  async askPatiently(what: string, asking: Asking = {}): Promise<Answer> {
    const answer = this.ask(what, asking);
    let isAnswered = false;
    void answer.then(() => isAnswered = true);
    while (!isAnswered) {
      await new Promise((resolve) => setImmediate(resolve));
      this.world.runFor(1000);
    }
    return await answer;
  }

  /** Asks without reading the answer. */
  async fetch(what: string, asking: Asking = {}): Promise<Response> {
    return await fetchFrom(this.#app, what, asking);
  }
}
