// What a session keeps so that its client can come back after a break and miss nothing, see docs/PROTOCOL.md.

import { bytesEqual } from "../base/bytes.ts";
import { Ring } from "../base/ring.ts";
import { encodeFrame, type FrameType, readU32 } from "../codec/frame.ts";
import type { ServerLimits } from "../limits/server.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import { Asked } from "./asked.ts";
import type { HeldBytes } from "./held_bytes.ts";

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

/** The memory of one resumable session. What is kept of frames is bounded in number and bytes, the oldest go first. */
export class Resumption {
  /** When a session that waits is given up; Infinity while it has a connection. */
  waitsUntil = Infinity;
  /** What the client has asked. */
  readonly asked: Asked;

  readonly #limits: ServerLimits;
  readonly #held: HeldBytes;
  #secretHash: Uint8Array;
  // The secret before: good until the client shows that it got the new one.
  #previousHash: Uint8Array | null = null;
  #sequence = 0;
  readonly #sent: Ring<Uint8Array>;
  #sentBytes = 0;

  /** @param isKept Whether somebody keeps it beyond the process. */
  constructor(secretHash: Uint8Array, limits: ServerLimits, held: HeldBytes, isKept: boolean) {
    this.#secretHash = secretHash;
    this.#limits = limits;
    this.#held = held;
    this.#sent = new Ring(limits.resumeFramesMax + 1);
    this.asked = new Asked(limits, held, isKept);
  }

  /** What was kept, within the limits of today. What ran then and was not answered is lost. */
  static from(record: ResumptionRecord, limits: ServerLimits, held: HeldBytes): Resumption {
    const resumption = new Resumption(record.secretHash, limits, held, true);
    resumption.#previousHash = record.previousHash;
    resumption.#sequence = record.sequence;
    for (const frame of record.sent) resumption.#keepSent(frame);
    resumption.asked.restore(record, record.answers);
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
      ...this.asked.mark,
      answers: isConnected ? [] : [...this.asked.answers],
    };
  }

  /** The number of the last frame that was sent. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Bytes kept: part of what the outbound budget bounds. */
  get bytes(): number {
    return this.#sentBytes + this.asked.answerBytes;
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
    this.asked.forgetPing();
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

  /** The session is over: nothing is kept any more, not even what is answered late. */
  clear(): void {
    this.asked.clear();
    this.#sent.clear();
    this.#holdSent(-this.#sentBytes);
  }

  #keepSent(frame: Uint8Array): void {
    this.#sent.push(frame);
    this.#holdSent(frame.length);
    const { resumeFramesMax, resumeBytesMax } = this.#limits;
    while (this.#sent.length > resumeFramesMax || this.#sentBytes > resumeBytesMax) {
      this.#holdSent(-this.#sent.shift()!.length);
    }
  }

  #holdSent(bytes: number): void {
    this.#sentBytes += bytes;
    this.#held.outbound += bytes;
  }
}

// After a crash the numbers jump, so a frame's place says nothing of its number.
function numberOf(frame: Uint8Array): number {
  return readU32(frame, 5) * 2 ** 32 + readU32(frame, 9);
}
