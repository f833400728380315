// A real client of the simulation: asks, tells and answers by chance, and keeps a history of what it heard.

import type { Prng } from "../../src/base/prng.ts";
import { decodeText } from "../../src/base/text.ts";
import { Client } from "../../src/client/client.ts";
import type { ClientState, Gap } from "../../src/client/events.ts";
import type { Platform } from "../../src/client/platform.ts";
import { RequestError } from "../../src/codec/request_error.ts";
import type { Address } from "../../src/transport/transport.ts";
import type { ClientPlan } from "./resume_scenario.ts";

/** Something that was heard. */
export type Heard =
  | { readonly kind: "open"; readonly session: string; readonly recovered: boolean }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "text"; readonly text: string };

/** What became of a call. */
export type Settled =
  | { readonly answer: string }
  | { readonly failed: string; readonly by: "server" | "client" };

/** A call, and what its caller heard. */
export interface Call {
  readonly route: string;
  readonly mayRunTwice: boolean;
  readonly settled: Settled[];
}

const ROUTES = [
  "now",
  "later",
  "late",
  "hangs",
  "throws",
  "breaks",
  "refuses",
  "asks",
  "joins",
  "leaves",
  "told",
  "nowhere",
];

export class Caller {
  readonly plan: ClientPlan;
  readonly client: Client;
  readonly name: string;
  readonly history: Heard[] = [];
  readonly calls: Map<string, Call> = new Map();
  /** How often each question was handled. */
  readonly quizzes: Map<string, number> = new Map();
  readonly states: string[] = [];
  readonly #prng: Prng;
  #count = 0;

  constructor(name: string, plan: ClientPlan, address: Address, platform: Platform, prng: Prng) {
    this.name = name;
    this.plan = plan;
    this.#prng = prng;
    this.client = new Client({ ...plan, address }, platform);
    this.client.on("state", (state) => this.#noteState(state));
    this.client.on("gap", (gap) => void this.history.push({ kind: "gap", gap }));
    const hear = ({ body }: { body: Uint8Array }) => {
      this.history.push({ kind: "text", text: decodeText(body)! });
    };
    this.client.on("broadcast", hear);
    this.client.on("notification", hear);
    this.client.on("request", ({ body }) => this.#answer(decodeText(body)!));
  }

  get isClosed(): boolean {
    return this.client.state.state === "closed";
  }

  /** The session it is in; undefined where it is in none right now. */
  get session(): string | undefined {
    const { state } = this.client;
    return state.state === "open" ? state.session : undefined;
  }

  /** Does something, or nothing. */
  act(): void {
    if (this.isClosed) return;
    const times = this.#prng.chance(0.05) ? 20 : this.#prng.between(0, 3);
    for (let i = 0; i < times; i++) this.#speak();
  }

  #speak(): void {
    const kind = this.#prng.unit();
    const speaksRoutes = this.plan.features.includes("routes");
    const route = speaksRoutes ? ROUTES[this.#prng.between(0, ROUTES.length - 1)]! : "";
    const most = this.#prng.chance(0.9) ? 60 : 3000;
    const text = `${this.name}.${++this.#count} `.padEnd(this.#prng.between(0, most), "-");
    if (kind < 0.7) return this.#request(route, text);
    if (kind < 0.8) return void this.client.ping().catch(() => {});
    try {
      this.client.notify(route, text);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }

  #request(route: string, text: string): void {
    const retryUnanswered = this.#prng.chance(0.1);
    const settled: Settled[] = [];
    this.calls.set(text, { route, mayRunTwice: retryUnanswered, settled });
    this.client.request(route, text, { retryUnanswered }).then(
      (body) => settled.push({ answer: decodeText(body)! }),
      ({ name, by }: RequestError) => settled.push({ failed: name, by }),
    );
  }

  #answer(text: string): string | Promise<string> {
    this.quizzes.set(text, (this.quizzes.get(text) ?? 0) + 1);
    const answer = `says ${text}`;
    return this.#prng.chance(0.5) ? answer : Promise.resolve(answer);
  }

  #noteState(state: ClientState): void {
    this.states.push(state.state);
    if (state.state !== "open") return;
    const { session, recovered } = state;
    this.history.push({ kind: "open", session, recovered });
  }
}
