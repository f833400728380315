// The server of the simulation of clients that come back: an application that does everything there is to do, and keeps
// count of what it was asked and what it gave.

import assert from "node:assert/strict";
import type { Prng } from "../../src/base/prng.ts";
import { decodeText, encodeText } from "../../src/base/text.ts";
import { FrameType } from "../../src/codec/frame.ts";
import type { RequestError } from "../../src/codec/request_error.ts";
import { HEADER_BYTES } from "../../src/limits/wire.ts";
import type { App } from "../../src/messaging/app.ts";
import type { Context } from "../../src/messaging/context.ts";
import type { SessionHandle } from "../../src/messaging/session_handle.ts";
import type { SessionStore } from "../../src/server/session_store.ts";
import type { Link } from "../../src/session/link.ts";
import type { Session } from "../../src/session/session.ts";
import { Stage } from "../unit/server/stage.ts";
import { Disk, memoryStore } from "../unit/store/memory_store.ts";
import type { ResumeScenario } from "./resume_scenario.ts";

/** What the handlers throw now and then. */
export const HANDLER_FAULT = "The handler fails as it is meant to";

/** The code that `refuses` fails with. */
export const REFUSED_CODE = 3001;

/** How long handlers that take their time take at most. */
const LATER_MS_MOST = 800;

const ROOMS = 3;

/** What became of a question: the answer, or the name of the code. */
export type Learnt = { readonly answer: string } | { readonly failed: string };

export class Site {
  /** The process that runs, and all there were. */
  stage: Stage;
  readonly stages: Stage[] = [];
  /** Whether one of them ended without a word. */
  hasCrashed = false;
  /** What each session was given to tell its client, in order. */
  readonly given: Map<string, string[]> = new Map();
  /** Broadcasts that were dropped because a client did not keep up. */
  readonly dropped: Map<string, number> = new Map();
  /** How often each Request ran, and each Notification. */
  readonly ran: Map<string, number> = new Map();
  /** Questions, and what became of them. */
  readonly asked: Map<string, Learnt[]> = new Map();
  readonly #prng: Prng;
  readonly #scenario: ResumeScenario;
  readonly #disk = new Disk();
  // Connections that stand: the session of one changes when it is continued, or lost.
  #links: Link[] = [];
  #told = 0;

  constructor(scenario: ResumeScenario, prng: Prng) {
    this.#prng = prng;
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
    const somebody = sessions[this.#prng.between(0, sessions.length - 1)];
    const times = this.#prng.chance(0.05) ? 40 : this.#prng.between(0, 3);
    for (let i = 0; i < times; i++) this.#tell(app, somebody);
    if (somebody === undefined) return;
    if (this.#prng.chance(0.3)) void this.#ask(somebody, this.#prng.between(100, 10_000));
    if (!this.#prng.chance(kickChance)) return;
    somebody.kick(this.#prng.chance(0.7) ? { retryAfterMs: this.#prng.between(0, 500) } : {});
  }

  /** Tells every session something, so that whoever missed something before hears of it. */
  tellAll(): void {
    this.stage.app.broadcast(this.#text(0));
  }

  #begin(after?: Stage): Stage {
    const { restarts, stage: options } = this.#scenario;
    const isKept = restarts.size > 0;
    const stage = new Stage({
      ...options,
      seed: options.seed! + this.stages.length,
      ...(after === undefined ? {} : { after }),
      ...(isKept ? { store: this.#storeOf(this.stages.length) } : {}),
      routes: (app) => this.#serve(app),
      onSession: (session) => {
        this.#links.push(session.link!);
        this.#watch(session);
      },
    });
    this.#links = [];
    this.stages.push(stage);
    stage.server.waiting.registry.forEach((session) => this.#watch(session));
    stage.server.watch((event) => {
      if (event.type !== "slow") return;
      const { session: { id }, framesDropped } = event;
      this.dropped.set(id, this.dropped.get(id)! + framesDropped);
    });
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

  #tell(app: App, somebody: SessionHandle | undefined): void {
    const text = this.#text(this.#prng.chance(0.9) ? 60 : 6000);
    const kind = this.#prng.unit();
    if (kind < 0.4) app.broadcast(text);
    else if (kind < 0.6) app.group(`room ${this.#prng.between(1, ROOMS)}`).broadcast(text);
    else if (kind < 0.7) app.user(`user ${this.#prng.between(1, 4)}`).send("told", text);
    else somebody?.send("told", text);
  }

  // A name of its own for each thing that is said, and some weight.
  #text(bytesMost: number): string {
    return `t${++this.#told} `.padEnd(this.#prng.between(0, bytesMost), ".");
  }

  async #ask(session: SessionHandle, timeoutMs: number): Promise<string> {
    const text = this.#text(60);
    const learnt: Learnt[] = [];
    this.asked.set(text, learnt);
    try {
      const answer = decodeText(await session.request("quiz", text, { timeoutMs }))!;
      learnt.push({ answer });
      return answer;
    } catch (error) {
      learnt.push({ failed: (error as RequestError).name });
      return "nothing";
    }
  }

  #watch(session: Session): void {
    const given = this.given.get(session.id) ?? [];
    this.given.set(session.id, given);
    this.dropped.set(session.id, this.dropped.get(session.id) ?? 0);
    const { push } = session;
    session.push = (frame) => {
      const delivery = push.call(session, frame);
      if (delivery === "gone" || frame[4] === FrameType.Request) return delivery;
      const isRouted = frame[4] === FrameType.Notification && session.speaksRoutes;
      const start = isRouted ? HEADER_BYTES + 1 + frame[HEADER_BYTES]! : HEADER_BYTES;
      given.push(decodeText(frame.subarray(start))!);
      return delivery;
    };
  }

  #serve(app: App): void {
    const later = () =>
      new Promise<void>((resolve) => {
        const ms = this.#prng.between(0, LATER_MS_MOST);
        this.stage.world.clock.schedule(ms, resolve);
      });
    app.on("connect", (session) => session.send("told", this.#text(20)));
    app.on("resume", (session) => session.send("told", this.#text(20)));
    const route = (name: string, handler: (c: Context, text: string) => unknown) =>
      app.route(name, (c) => {
        const text = c.text();
        this.ran.set(text, (this.ran.get(text) ?? 0) + 1);
        assert(c.session.isOpen, "a handler serves a session that is open");
        return handler(c, text) as string | undefined;
      });
    const answer = (text: string) => `re: ${text}`;
    route("", (_, text) => answer(text));
    route("now", (_, text) => answer(text));
    route("later", async (c, text) => {
      await later();
      c.reply(answer(text));
    });
    route("hangs", () => new Promise(() => {}));
    route("throws", () => {
      throw new Error(HANDLER_FAULT);
    });
    route("breaks", async () => {
      await later();
      throw new Error(HANDLER_FAULT);
    });
    route("refuses", (c) => c.fail(REFUSED_CODE, "no"));
    route("asks", async (c, text) => {
      await this.#ask(c.session, 1000);
      return answer(text);
    });
    app.endpoint("late", {
      request: (session, { idHigh, idLow, payload }) => {
        const text = decodeText(payload.slice())!;
        this.ran.set(text, (this.ran.get(text) ?? 0) + 1);
        void later().then(() => session.answer(idHigh, idLow, encodeText(answer(text))));
      },
      notification() {},
    });
    route("joins", (c, text) => {
      c.session.join(`room ${this.#prng.between(1, ROOMS)}`);
      return answer(text);
    });
    route("leaves", (c, text) => {
      c.session.leave(`room ${this.#prng.between(1, ROOMS)}`);
      return answer(text);
    });
    route("told", (c, text) => {
      c.session.send("told", this.#text(20));
      return answer(text);
    });
  }
}
