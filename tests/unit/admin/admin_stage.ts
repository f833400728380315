// A server on a simulated network with its admin API, which is asked without a socket.

import { adminApp } from "../../../src/admin/api.ts";
import type { AdminApp, AdminContext } from "../../../src/admin/context.ts";
import { createContext } from "../../../src/admin/create_context.ts";
import { metricsOf } from "../../../src/admin/metrics.ts";
import { tokenOf } from "../../../src/admin/token.ts";
import type { LogLine } from "../server/stage.ts";
import { Stage, type StageOptions } from "../server/stage.ts";

export const SECRET = "a-token-that-is-long-enough";

/** The time of day at which virtual time begins. */
const DAWN = Date.now();

type Fields = Readonly<Record<string, unknown>>;

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What stands in a body of JSON. */
  readonly body: Fields;
  /** The items, where it is a list. */
  readonly items: readonly Fields[];
}

/** How a request differs from one that brings the token. */
export interface Asking {
  /** Sent as JSON, or as it stands where it is a text. */
  readonly body?: unknown;
  readonly token?: string | null;
  readonly host?: string;
  /** The address it comes from. */
  readonly from?: string;
}

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
    const response = await this.fetch(what, asking);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    const body = (isJson ? JSON.parse(text) : {}) as { items?: Fields[] } & Fields;
    const { status, headers } = response;
    return { status, headers, text, body, items: body.items ?? [] };
  }

  /** The same without reading the answer. */
  async fetch(what: string, asking: Asking = {}): Promise<Response> {
    const { body, token = SECRET, host = "localhost", from = "127.0.0.1" } = asking;
    const [method = "", path = ""] = what.split(" ");
    const init: RequestInit = {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    };
    if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
    const request = new Request(`http://${host}${path}`, init);
    return await this.#app.fetch(request, { peer: { host: from, port: 5000 } });
  }
}
