// Requests that wait for their answer: matched by id, each settled exactly once, all deadlines on one timer.

import { assert } from "../base/assert.ts";
import { FrameType } from "../codec/frame.ts";
import type { WheelEntry } from "../session/owner.ts";
import { refusal, type RequestError } from "./errors.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import type { Platform } from "./platform.ts";

/** What a caller hears, once. */
export interface Settle {
  resolve(body: Uint8Array): void;
  reject(error: unknown): void;
}

/** One Request. */
export class Waiting implements WheelEntry {
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;
  readonly id: number;
  readonly frame: Outgoing;
  /** Whether it may be sent to another session although the last one may have run it. */
  readonly retry: boolean;
  readonly settle: Settle;
  readonly onDeadline: () => void;

  constructor(
    id: number,
    frame: Outgoing,
    retry: boolean,
    settle: Settle,
    onDeadline: () => void,
  ) {
    this.id = id;
    this.frame = frame;
    this.retry = retry;
    this.settle = settle;
    this.onDeadline = onDeadline;
  }
}

/** All Requests of one client. */
export class Requests {
  readonly #platform: Platform;
  readonly #outbox: Outbox;
  readonly #countMax: number;
  // In order of their ids, which is the order in which they are sent.
  readonly #waiting = new Map<number, Waiting>();
  // Ids strictly increase over the client's life: that is how a server knows one it has seen.
  #lastId = 0;

  constructor(platform: Platform, outbox: Outbox, countMax: number) {
    this.#platform = platform;
    this.#outbox = outbox;
    this.#countMax = countMax;
  }

  /** Requests without an answer. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Queues a Request. @throws {RequestError} If there are too many, or too many bytes of them. */
  add(
    route: Uint8Array,
    body: Uint8Array,
    timeoutMs: number,
    retry: boolean,
    settle: Settle,
  ): Waiting {
    if (this.#waiting.size >= this.#countMax) {
      throw refusal("too_many_in_flight", `${this.#countMax} requests already wait for an answer`);
    }
    const id = ++this.#lastId;
    assert(Number.isSafeInteger(id), "ids do not run out");
    const halves = { idHigh: Math.floor(id / 2 ** 32), idLow: id >>> 0 };
    const frame = { type: FrameType.Request, ...halves, route, body, sent: false };
    if (!this.#outbox.add(frame)) {
      throw refusal("too_many_in_flight", `No room to queue ${body.length} bytes more`);
    }
    const waiting = new Waiting(id, frame, retry, settle, () => {
      const message = `No answer within ${timeoutMs} ms`;
      this.reject(waiting, refusal("handler_timeout", message));
    });
    this.#waiting.set(id, waiting);
    const { wheel, clock } = this.#platform;
    wheel.schedule(waiting, clock.now() + timeoutMs);
    return waiting;
  }

  /** The Request with this id; undefined where it has its answer, or never was. */
  get(idHigh: number, idLow: number): Waiting | undefined {
    return this.#waiting.get(idHigh * 2 ** 32 + idLow);
  }

  /** The Request that goes out as `frame`. */
  of({ idHigh, idLow }: Outgoing): Waiting {
    return this.get(idHigh, idLow)!;
  }

  resolve(waiting: Waiting, body: Uint8Array): void {
    if (this.#remove(waiting)) waiting.settle.resolve(body);
  }

  reject(waiting: Waiting, error: unknown): void {
    if (this.#remove(waiting)) waiting.settle.reject(error);
  }

  /** The session goes on: all that was sent is sent again, under the same ids. */
  sendAgain(): void {
    const sent = [...this.#waiting.values()].filter(({ frame }) => frame.sent);
    this.#outbox.putBack(sent.map(({ frame }) => frame));
  }

  /** The session is gone: what was sent and may not run twice has lost its answer; the rest goes to the next one. */
  loseAnswers(): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.frame.sent && !waiting.retry) this.reject(waiting, answerLost());
    }
    this.sendAgain();
  }

  /** Nothing will be answered any more. */
  rejectAll(error: RequestError): void {
    for (const waiting of [...this.#waiting.values()]) {
      this.reject(waiting, waiting.frame.sent ? answerLost() : error);
    }
  }

  #remove(waiting: Waiting): boolean {
    if (!this.#waiting.delete(waiting.id)) return false;
    this.#platform.wheel.cancel(waiting);
    this.#outbox.remove(waiting.frame);
    return true;
  }
}

function answerLost(): RequestError {
  return refusal("answer_lost", "The session ended before the answer came: it may have run");
}
