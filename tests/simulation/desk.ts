// What a simulated server does for its clients, which is everything there is to do, and a record of it: what it was asked,
// and what it gave.

import assert from "node:assert/strict";
import type { Prng } from "../../src/base/prng.ts";
import { decodeText, encodeText } from "../../src/base/text.ts";
import { FrameType } from "../../src/codec/frame.ts";
import type { RequestError } from "../../src/codec/request_error.ts";
import { HEADER_BYTES } from "../../src/limits/wire.ts";
import type { App } from "../../src/messaging/app.ts";
import type { Context } from "../../src/messaging/context.ts";
import type { SessionReference } from "../../src/messaging/remote.ts";
import type { Server } from "../../src/server/server.ts";
import type { Session } from "../../src/session/session.ts";
import type { Clock } from "../../src/transport/transport.ts";

/** What the handlers throw now and then. */
export const HANDLER_FAULT = "The handler fails as it is meant to";

/** The code that `refuses` fails with. */
export const REFUSED_CODE = 3001;

/** How long handlers that take their time take at most. */
const LATER_MS_MOST = 800;

/** Rooms are `room 1`, `room 2` and so on. */
export const ROOMS = 3;

/** What became of a question: the answer, or the name of the code. */
export type Learnt = { readonly answer: string } | { readonly failed: string };

/** The handlers, and the record. */
export class Desk {
  /** What each session was given to tell its client, in order. */
  readonly given: Map<string, string[]> = new Map();
  /** Broadcasts that were dropped because a client did not keep up. */
  readonly dropped: Map<string, number> = new Map();
  /** How often each Request ran, and each Notification. */
  readonly ran: Map<string, number> = new Map();
  /** Questions, and what became of them. */
  readonly asked: Map<string, Learnt[]> = new Map();
  readonly prng: Prng;
  readonly #clock: () => Clock;
  #told = 0;

  constructor(prng: Prng, clock: () => Clock) {
    this.prng = prng;
    this.#clock = clock;
  }

  /** Tells and asks somebody something, or nobody; sends `somebody` away now and then. */
  deal(app: App, somebody: SessionReference | undefined, kickChance: number): void {
    const times = this.prng.chance(0.05) ? 40 : this.prng.between(0, 3);
    for (let i = 0; i < times; i++) this.#tell(app, somebody);
    if (somebody === undefined) return;
    if (this.prng.chance(0.3)) void this.ask(somebody, this.prng.between(100, 10_000));
    if (!this.prng.chance(kickChance)) return;
    somebody.kick(this.prng.chance(0.7) ? { retryAfterMs: this.prng.between(0, 500) } : {});
  }

  /** A name of its own for each thing that is said, and some weight. */
  text(bytesMost: number): string {
    return `t${++this.#told} `.padEnd(this.prng.between(0, bytesMost), ".");
  }

  /** Asks the client of `session`. Resolves with what it says. */
  async ask(session: SessionReference, timeoutMs: number): Promise<string> {
    const text = this.text(60);
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

  /** Writes down from now on what `session` is given. */
  watch(session: Session): void {
    const given = this.given.get(session.id) ?? [];
    this.given.set(session.id, given);
    this.dropped.set(session.id, this.dropped.get(session.id) ?? 0);
    const { push } = session;
    session.push = (frame) => {
      // One that has gone to another node is given things there.
      const isHere = session.isReachable;
      const delivery = push.call(session, frame);
      if (!isHere || delivery === "gone" || frame[4] === FrameType.Request) return delivery;
      const isRouted = frame[4] === FrameType.Notification && session.speaksRoutes;
      const start = isRouted ? HEADER_BYTES + 1 + frame[HEADER_BYTES]! : HEADER_BYTES;
      given.push(decodeText(frame.subarray(start))!);
      return delivery;
    };
  }

  /** Writes down from now on what is dropped. */
  watchServer(server: Server): void {
    server.watch((event) => {
      if (event.type !== "slow") return;
      const { session: { id }, framesDropped } = event;
      this.dropped.set(id, this.dropped.get(id)! + framesDropped);
    });
  }

  /** Registers the routes. */
  serve(app: App): void {
    const later = () =>
      new Promise<void>((resolve) => {
        const ms = this.prng.between(0, LATER_MS_MOST);
        this.#clock().schedule(ms, resolve);
      });
    app.on("connect", (session) => session.send("told", this.text(20)));
    app.on("resume", (session) => session.send("told", this.text(20)));
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
      await this.ask(c.session, 1000);
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
      c.session.join(`room ${this.prng.between(1, ROOMS)}`);
      return answer(text);
    });
    route("leaves", (c, text) => {
      c.session.leave(`room ${this.prng.between(1, ROOMS)}`);
      return answer(text);
    });
    route("told", (c, text) => {
      c.session.send("told", this.text(20));
      return answer(text);
    });
  }

  #tell(app: App, somebody: SessionReference | undefined): void {
    const text = this.text(this.prng.chance(0.9) ? 60 : 6000);
    const kind = this.prng.unit();
    if (kind < 0.4) app.broadcast(text);
    else if (kind < 0.6) app.group(`room ${this.prng.between(1, ROOMS)}`).broadcast(text);
    else if (kind < 0.7) app.user(`user ${this.prng.between(1, 4)}`).send("told", text);
    else somebody?.send("told", text);
  }
}
