// What a session keeps so that its client can come back after a break and miss nothing, see docs/PROTOCOL.md.

import { bytesEqual } from "../base/bytes.ts";
import { Ring } from "../base/ring.ts";
import { encodeFrame, type FrameType } from "../codec/frame.ts";
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
  readonly #running: Set<RequestKey> = new Set();
  readonly #answers: Map<RequestKey, Uint8Array> = new Map();
  #answerBytes = 0;

  constructor(secretHash: Uint8Array, limits: ServerLimits, held: HeldBytes) {
    this.#secretHash = secretHash;
    this.#limits = limits;
    this.#held = held;
    this.#sent = new Ring(limits.resumeFramesMax + 1);
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
  }

  /** A frame came in on the new connection: the client has read the new secret. */
  noteFrame(): void {
    this.#previousHash = null;
  }

  // --- what we send ---

  /** The frame with the next number as its request id, kept until it is acknowledged. */
  numbered(frame: Uint8Array): Uint8Array {
    const number = ++this.#sequence;
    const high = Math.floor(number / 2 ** 32);
    const own = encodeFrame(frame[4] as FrameType, high, number >>> 0, frame, HEADER_BYTES);
    this.#sent.push(own);
    this.#holdSent(own.length);
    const { resumeFramesMax, resumeBytesMax } = this.#limits;
    while (this.#sent.length > resumeFramesMax || this.#sentBytes > resumeBytesMax) {
      this.#holdSent(-this.#sent.shift()!.length);
    }
    return own;
  }

  /** The client has seen everything up to `number`. Returns false where that was never sent. */
  acknowledge(number: number): boolean {
    if (number > this.#sequence) return false;
    while (this.#sequence - this.#sent.length < number) this.#holdSent(-this.#sent.shift()!.length);
    return true;
  }

  /** What was sent after `received`; undefined where that was never sent. */
  missedAfter(received: number): Missed | undefined {
    if (received > this.#sequence) return undefined;
    const first = this.#sequence - this.#sent.length + 1;
    const frames: Uint8Array[] = [];
    for (let i = Math.max(0, received + 1 - first); i < this.#sent.length; i++) {
      frames.push(this.#sent.at(i)!);
    }
    return { frames, gap: received + 1 < first };
  }

  // --- what the client asks ---

  /** A Request came in: what is known of it. A new one counts as running from now on. */
  begin(idHigh: number, idLow: number): Known {
    const key = keyOf(idHigh, idLow);
    const isNew = idHigh > this.#lastIdHigh ||
      (idHigh === this.#lastIdHigh && idLow > this.#lastIdLow);
    if (!isNew) return this.#running.has(key) ? "running" : this.#answers.get(key) ?? "lost";
    this.#lastIdHigh = idHigh;
    this.#lastIdLow = idLow;
    this.#running.add(key);
    return "new";
  }

  /** It was answered with this frame, which never changes again. */
  answered(idHigh: number, idLow: number, frame: Uint8Array): void {
    const key = keyOf(idHigh, idLow);
    if (!this.#running.delete(key)) return;
    this.#answers.set(key, frame);
    this.#holdAnswer(frame.length);
    const { resumeFramesMax, resumeBytesMax } = this.#limits;
    while (this.#answers.size > resumeFramesMax || this.#answerBytes > resumeBytesMax) {
      const [oldest, { length }] = this.#answers.entries().next().value!;
      this.#answers.delete(oldest);
      this.#holdAnswer(-length);
    }
  }

  /** The session is over. */
  clear(): void {
    this.#held.outbound -= this.bytes;
    this.#sent.clear();
    this.#answers.clear();
    this.#sentBytes = this.#answerBytes = 0;
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

function keyOf(idHigh: number, idLow: number): RequestKey {
  return idHigh < 2 ** 21 ? idHigh * 2 ** 32 + idLow : (BigInt(idHigh) << 32n) | BigInt(idLow);
}
