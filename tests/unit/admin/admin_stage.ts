// A server on a simulated network with its admin API, which is asked without a socket.

import { adminApp } from "../../../src/admin/api.ts";
import type { AdminApp, AdminContext } from "../../../src/admin/context.ts";
import { createContext } from "../../../src/admin/create_context.ts";
import { metricsOf } from "../../../src/admin/metrics.ts";
import { tokenOf } from "../../../src/admin/token.ts";
import type { LogLine } from "../server/stage.ts";
import { Stage, type StageOptions } from "../server/stage.ts";
import { type Answer, type Asking, askOf, fetchFrom, SECRET } from "./asking.ts";

/** The time of day at which virtual time begins. */
const DAWN = Date.now();

/** The stage with its API. */
export class AdminStage extends Stage {
  readonly context: AdminContext & { close(): void };
  readonly adminLog: LogLine[] = [];
  drains = 0;
  /** What a reload comes to. */
  reloaded: ReturnType<AdminContext["reload"]> = { applied: [], needsRestart: [] };
  #isListening = true;
  readonly #app: AdminApp;

  private constructor(options: StageOptions, api: (stage: AdminStage) => AdminApp) {
    super(options);
    this.context = createContext({
      app: this.app,
      clock: this.world.clock,
      wall: (at) => DAWN + at,
      log: (level, event, fields) => void this.adminLog.push({ level, event, fields }),
      about: { version: "1.2.3", commit: "abc", target: "test", runtime: "fake 1.0.0" },
      memoryBytes: options.memoryBytes ?? 2 ** 40,
      usage: () => ({
        cpuUserSeconds: 1,
        cpuSystemSeconds: 2,
        residentBytes: 3000,
        heapBytes: 2000,
        openDescriptors: 10,
        maxDescriptors: 1000,
      }),
      listening: () => this.#isListening ? this.address : undefined,
      drain: () => {
        this.drains++;
        this.server.drain(() => {});
      },
      reload: () => this.reloaded,
    });
    this.#app = api(this);
  }

  /** Opens one. */
  static async open(options: StageOptions = {}, listensOn = "127.0.0.1"): Promise<AdminStage> {
    const token = await tokenOf(SECRET);
    return new AdminStage(
      options,
      ({ context }) => adminApp(context, { token, host: listensOn }, metricsOf(context, 0)),
    );
  }

  /** From now on the server has not begun to listen. */
  startOver(): void {
    this.#isListening = false;
  }

  /** Asks the API as `GET /path`, with a body where one is given. */
  async ask(what: string, asking: Asking = {}): Promise<Answer> {
    return await askOf(this.#app, what, asking);
  }

  /** The same without reading the answer. */
  async fetch(what: string, asking: Asking = {}): Promise<Response> {
    return await fetchFrom(this.#app, what, asking);
  }
}
