// What a session keeps so that its client can come back after a break and miss nothing, see docs/PROTOCOL.md.

import { bytesEqual } from "../base/bytes.ts";
import { Ring } from "../base/ring.ts";
import { encodeFrame, type FrameType, readU32 } from "../codec/frame.ts";
import { IDS_AHEAD_MAX } from "../limits/keeping.ts";
import type { ServerLimits } from "../limits/server.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import type { HeldBytes } from "./held_bytes.ts";

/** A request id as a key: exact, whatever its size. */
type RequestKey = number | bigint;

/** What is known of a Request whose id is not new: it runs, it was answered with this frame, or nobody knows. */
export type Known = "new" | "running" | "lost" | Uint8Array;

/** Frames the client missed, oldest first; `gap`: some of them are gone. */
export interface Missed {
  readonly frames: readonly Uint8Array[];
  readonly gap: boolean;
}

/** What is kept of it beyond the process. The frames are the same, not copies: they never change. */
export interface ResumptionRecord {
  readonly secretHash: Uint8Array;
  readonly previousHash: Uint8Array | null;
  readonly sequence: number;
  readonly sent: readonly Uint8Array[];
  /** Request ids up to this one are taken; -1 as its lower half: none. */
  readonly idHigh: number;
  readonly idLow: number;
  readonly answers: readonly Uint8Array[];
}

/** The greatest half of an id. */
const HALF_MAX = 2 ** 32 - 1;

/** The memory of one resumable session. Both kinds of frames are bounded in number and bytes, the oldest go first. */
export class Resumption {
  /** When a session that waits is given up; Infinity while it has a connection. */
  waitsUntil = Infinity;

  readonly #limits: ServerLimits;
  readonly #held: HeldBytes;
  #secretHash: Uint8Array;
  // The secret before: good until the client shows that it got the new one.
  #previousHash: Uint8Array | null = null;
  #sequence = 0;
  readonly #sent: Ring<Uint8Array>;
  #sentBytes = 0;
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
  constructor(secretHash: Uint8Array, limits: ServerLimits, held: HeldBytes, isKept: boolean) {
    this.#secretHash = secretHash;
    this.#limits = limits;
    this.#held = held;
    this.#sent = new Ring(limits.resumeFramesMax + 1);
    if (isKept) this.lowerMark();
  }

  /** What was kept, within the limits of today. What ran then and was not answered is lost. */
  static from(record: ResumptionRecord, limits: ServerLimits, held: HeldBytes): Resumption {
    const resumption = new Resumption(record.secretHash, limits, held, true);
    resumption.#previousHash = record.previousHash;
    resumption.#lastIdHigh = record.idHigh;
    resumption.#lastIdLow = record.idLow;
    resumption.lowerMark();
    resumption.#sequence = record.sequence;
    for (const frame of record.sent) resumption.#keepSent(frame);
    for (const frame of record.answers) {
      resumption.#keepAnswer(keyOf(readU32(frame, 5), readU32(frame, 9)), frame);
    }
    return resumption;
  }

  /** What is to be kept: of a session that is connected only what its client cannot do without. */
  record(isConnected: boolean): ResumptionRecord {
    return {
      secretHash: this.#secretHash,
      previousHash: this.#previousHash,
      sequence: this.#sequence,
      sent: isConnected
        ? []
        : Array.from({ length: this.#sent.length }, (_, i) => this.#sent.at(i)!),
      idHigh: this.#markHigh,
      idLow: this.#markLow,
      answers: isConnected ? [] : [...this.#answers.values()],
    };
  }

  /** The number of the last frame that was sent. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Bytes kept: part of what the outbound budget bounds. */
  get bytes(): number {
    return this.#sentBytes + this.#answerBytes;
  }

  // --- secrets ---

  /**
   * Whether `hash` is that of a secret which is good now; takes the same time for every wrong one. The secret that was
   * shown is the one the client has, so the other one is forgotten: its HandshakeAck was lost.
   */
  accepts(hash: Uint8Array): boolean {
    const isCurrent = bytesEqual(hash, this.#secretHash);
    const isPrevious = this.#previousHash !== null && bytesEqual(hash, this.#previousHash);
    if (isPrevious) this.#secretHash = hash;
    return isCurrent || isPrevious;
  }

  /** A new secret is on its way to the client. */
  renew(hash: Uint8Array): void {
    this.#previousHash = this.#secretHash;
    this.#secretHash = hash;
    this.#confirming = null; // that Ping went with the connection before
  }

  /** A frame came in on the new connection: the client has read the new secret. Returns whether that is news. */
  noteFrame(): boolean {
    const isNews = this.#previousHash !== null;
    this.#previousHash = null;
    return isNews;
  }

  // --- what we send ---

  /** The frame with the next number as its request id, kept until it is acknowledged. */
  numbered(frame: Uint8Array): Uint8Array {
    const number = ++this.#sequence;
    const high = Math.floor(number / 2 ** 32);
    const own = encodeFrame(frame[4] as FrameType, high, number >>> 0, frame, HEADER_BYTES);
    this.#keepSent(own);
    return own;
  }

  /** The client has seen everything up to `number`. Returns false where that was never sent. */
  acknowledge(number: number): boolean {
    if (number > this.#sequence) return false;
    while (this.#sent.length > 0 && numberOf(this.#sent.at(0)!) <= number) {
      this.#holdSent(-this.#sent.shift()!.length);
    }
    return true;
  }

  /** What was sent after `received`; undefined where that was never sent. */
  missedAfter(received: number): Missed | undefined {
    if (received > this.#sequence) return undefined;
    const frames: Uint8Array[] = [];
    for (let i = 0; i < this.#sent.length; i++) {
      const frame = this.#sent.at(i)!;
      if (numberOf(frame) > received) frames.push(frame);
    }
    return { frames, gap: frames.length < this.#sequence - received };
  }

  // --- what the client asks ---

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
  raiseMark(): { idHigh: number; idLow: number } {
    const ahead = Math.min(this.#idsSinceLook, IDS_AHEAD_MAX);
    this.#markHigh = this.#lastIdHigh;
    this.#markLow = Math.min(this.#lastIdLow + ahead, HALF_MAX);
    return { idHigh: this.#markHigh, idLow: this.#markLow };
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

  /** It was answered with this frame, which never changes again. */
  answered(idHigh: number, idLow: number, frame: Uint8Array): void {
    const key = keyOf(idHigh, idLow);
    if (this.#running.delete(key)) this.#keepAnswer(key, frame);
  }

  /** A Ping goes out behind every answer so far: whoever answers it has read them. */
  notePing(): void {
    this.#confirming = this.#newestAnswer;
  }

  /** The Ping was answered: the answers before it are not asked for again. */
  notePong(): void {
    const confirmed = this.#confirming;
    this.#confirming = null;
    if (confirmed === null || !this.#answers.has(confirmed)) return;
    for (const [key, { length }] of this.#answers) {
      this.#answers.delete(key);
      this.#holdAnswer(-length);
      if (key === confirmed) return;
    }
  }

  /** The session is over: nothing is kept any more, not even what is answered late. */
  clear(): void {
    this.#held.outbound -= this.bytes;
    this.#running.clear();
    this.#sent.clear();
    this.#answers.clear();
    this.#sentBytes = this.#answerBytes = 0;
  }

  #isNew(idHigh: number, idLow: number): boolean {
    return idHigh > this.#lastIdHigh || (idHigh === this.#lastIdHigh && idLow > this.#lastIdLow);
  }

  #keepSent(frame: Uint8Array): void {
    this.#sent.push(frame);
    this.#holdSent(frame.length);
    const { resumeFramesMax, resumeBytesMax } = this.#limits;
    while (this.#sent.length > resumeFramesMax || this.#sentBytes > resumeBytesMax) {
      this.#holdSent(-this.#sent.shift()!.length);
    }
  }

  #keepAnswer(key: RequestKey, frame: Uint8Array): void {
    this.#answers.set(key, frame);
    this.#newestAnswer = key;
    this.#holdAnswer(frame.length);
    const { resumeFramesMax, resumeBytesMax } = this.#limits;
    while (this.#answers.size > resumeFramesMax || this.#answerBytes > resumeBytesMax) {
      const [oldest, { length }] = this.#answers.entries().next().value!;
      this.#answers.delete(oldest);
      this.#holdAnswer(-length);
    }
  }

  #holdSent(bytes: number): void {
    this.#sentBytes += bytes;
    this.#held.outbound += bytes;
  }

  #holdAnswer(bytes: number): void {
    this.#answerBytes += bytes;
    this.#held.outbound += bytes;
  }
}

// After a crash the numbers jump, so a frame's place says nothing of its number.
function numberOf(frame: Uint8Array): number {
  return readU32(frame, 5) * 2 ** 32 + readU32(frame, 9);
}

function keyOf(idHigh: number, idLow: number): RequestKey {
  return idHigh < 2 ** 21 ? idHigh * 2 ** 32 + idLow : (BigInt(idHigh) << 32n) | BigInt(idLow);
}
