// What a resumable client has asked: which ids are taken, what runs, and the answers it may ask for again.

import { readU32 } from "../codec/frame.ts";
import { IDS_AHEAD_MAX } from "../limits/keeping.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { HeldBytes } from "./held_bytes.ts";

/** A request id as a key: exact, whatever its size. */
type RequestKey = number | bigint;

/** What is known of a Request whose id is not new: it runs, it was answered with this frame, or nobody knows. */
export type Known = "new" | "running" | "lost" | Uint8Array;

/** A request id as two halves of 32 bits. */
export interface RequestId {
  readonly idHigh: number;
  readonly idLow: number;
}

/** The greatest half of an id. */
const HALF_MAX = 2 ** 32 - 1;

/** The Requests of one resumable session. The answers are bounded in number and bytes, the oldest go first. */
export class Asked {
  readonly #limits: ServerLimits;
  readonly #held: HeldBytes;
  #lastIdHigh = 0;
  #lastIdLow = -1;
  // Ids up to the mark are kept as taken, so that none of them runs again after a crash.
  #markHigh = HALF_MAX;
  #markLow = HALF_MAX;
  #idsSinceLook = 0;
  #expectedAgain = 0;
  readonly #running: Set<RequestKey> = new Set();
  readonly #answers: Map<RequestKey, Uint8Array> = new Map();
  #answerBytes = 0;
  // The last answer, and the last one before a Ping that is on its way.
  #newestAnswer: RequestKey | null = null;
  #confirming: RequestKey | null = null;

  /** @param isKept Whether somebody keeps it beyond the process, and has to know which ids are taken. */
  constructor(limits: ServerLimits, held: HeldBytes, isKept: boolean) {
    this.#limits = limits;
    this.#held = held;
    if (isKept) this.lowerMark();
  }

  /** Takes in what was kept: ids up to `last` are taken, and these are answers. */
  restore(last: RequestId, answers: readonly Uint8Array[]): void {
    this.#lastIdHigh = last.idHigh;
    this.#lastIdLow = last.idLow;
    this.lowerMark();
    for (const frame of answers) this.#keep(keyOf(readU32(frame, 5), readU32(frame, 9)), frame);
  }

  /** Ids up to this one are taken; -1 as its lower half: none. */
  get last(): RequestId {
    return { idHigh: this.#lastIdHigh, idLow: this.#lastIdLow };
  }

  /** Ids up to this one are to be kept as taken. */
  get mark(): RequestId {
    return { idHigh: this.#markHigh, idLow: this.#markLow };
  }

  /** The answers that are kept, oldest first. */
  get answers(): Iterable<Uint8Array> {
    return this.#answers.values();
  }

  /** Their bytes. */
  get answerBytes(): number {
    return this.#answerBytes;
  }

  /** The Requests that run. */
  get running(): RequestId[] {
    return Array.from(this.#running, (key) => (
      typeof key === "number"
        ? { idHigh: Math.floor(key / 2 ** 32), idLow: key % 2 ** 32 }
        : { idHigh: Number(key >> 32n), idLow: Number(key & 0xffff_ffffn) }
    ));
  }

  /** These run, although they began elsewhere. */
  resumeRunning(ids: readonly RequestId[]): void {
    for (const { idHigh, idLow } of ids) this.#running.add(keyOf(idHigh, idLow));
  }

  /** The client came back: it asks again what was not answered, which no rate shall hold against it. */
  expectAgain(): void {
    this.#expectedAgain = this.#limits.requestsInFlight;
  }

  /** Whether a Request with this id is one of those. */
  isExpected(idHigh: number, idLow: number): boolean {
    return !this.#isNew(idHigh, idLow) && --this.#expectedAgain >= 0;
  }

  /** A Request came in: what is known of it. A new one counts as running from now on. */
  begin(idHigh: number, idLow: number): Known {
    const key = keyOf(idHigh, idLow);
    if (!this.#isNew(idHigh, idLow)) {
      return this.#running.has(key) ? "running" : this.#answers.get(key) ?? "lost";
    }
    this.#lastIdHigh = idHigh;
    this.#lastIdLow = idLow;
    this.#idsSinceLook++;
    this.#running.add(key);
    return "new";
  }

  /** Whether the last id is past those that are kept as taken: before its Request runs, it is. */
  get isPastMark(): boolean {
    return this.#lastIdHigh > this.#markHigh ||
      (this.#lastIdHigh === this.#markHigh && this.#lastIdLow > this.#markLow);
  }

  /** Takes ids ahead, as many as came lately: they are what the client will use next. Returns the last one. */
  raiseMark(): RequestId {
    const ahead = Math.min(this.#idsSinceLook, IDS_AHEAD_MAX);
    this.#markHigh = this.#lastIdHigh;
    this.#markLow = Math.min(this.#lastIdLow + ahead, HALF_MAX);
    return this.mark;
  }

  /** Gives back ids that were taken and not used. */
  lowerMark(): void {
    this.#markHigh = this.#lastIdHigh;
    this.#markLow = this.#lastIdLow;
  }

  /** How many new ids came since this was called last, and how many are taken ahead. */
  lookAtIds(): { came: number; ahead: number } {
    const came = this.#idsSinceLook;
    this.#idsSinceLook = 0;
    return { came, ahead: this.isPastMark ? 0 : this.#markLow - this.#lastIdLow };
  }

  /** It was answered with this frame, which never changes again. Returns whether it ran. */
  answered(idHigh: number, idLow: number, frame: Uint8Array): boolean {
    const key = keyOf(idHigh, idLow);
    const ran = this.#running.delete(key);
    if (ran) this.#keep(key, frame);
    return ran;
  }

  /** A Ping goes out behind every answer so far: whoever answers it has read them. */
  notePing(): void {
    this.#confirming = this.#newestAnswer;
  }

  /** That Ping went with a connection that is gone. */
  forgetPing(): void {
    this.#confirming = null;
  }

  /** The Ping was answered: the answers before it are not asked for again. */
  notePong(): void {
    const confirmed = this.#confirming;
    this.#confirming = null;
    if (confirmed === null || !this.#answers.has(confirmed)) return;
    for (const [key, { length }] of this.#answers) {
      this.#answers.delete(key);
      this.#hold(-length);
      if (key === confirmed) return;
    }
  }

  /** Nothing is kept any more, not even what is answered late. */
  clear(): void {
    this.#running.clear();
    this.#answers.clear();
    this.#hold(-this.#answerBytes);
  }

  #isNew(idHigh: number, idLow: number): boolean {
    return idHigh > this.#lastIdHigh || (idHigh === this.#lastIdHigh && idLow > this.#lastIdLow);
  }

  #keep(key: RequestKey, frame: Uint8Array): void {
    this.#answers.set(key, frame);
    this.#newestAnswer = key;
    this.#hold(frame.length);
    const { resumeFramesMax, resumeBytesMax } = this.#limits;
    while (this.#answers.size > resumeFramesMax || this.#answerBytes > resumeBytesMax) {
      const [oldest, { length }] = this.#answers.entries().next().value!;
      this.#answers.delete(oldest);
      this.#hold(-length);
    }
  }

  #hold(bytes: number): void {
    this.#answerBytes += bytes;
    this.#held.outbound += bytes;
  }
}

function keyOf(idHigh: number, idLow: number): RequestKey {
  return idHigh < 2 ** 21 ? idHigh * 2 ** 32 + idLow : (BigInt(idHigh) << 32n) | BigInt(idLow);
}
