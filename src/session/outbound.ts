// What waits to be sent to one peer: bounded, in two lanes, written once a turn.
// It knows frames and bytes; when to flush and what to do with a slow peer is the session's business.

import { assert } from "../base/assert.ts";
import { Ring } from "../base/ring.ts";
import { encodeFrame, FrameType, isApplication, readU32 } from "../codec/frame.ts";
import { GATHER_FRAME_BYTES_MAX } from "../limits/turn.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import type { Counters } from "../observe/counters.ts";
import type { Connection } from "../transport/transport.ts";
import type { Gather } from "./gather.ts";
import type { HeldBytes } from "./held_bytes.ts";

/** What the queues of all sessions share. */
interface Shared {
  readonly gather: Gather;
  readonly counters: Counters;
  readonly held: HeldBytes;
}

/**
 * The queue of one session.
 *
 * Order on the wire: the rest of a frame that has begun, then control frames, then application frames. So control
 * frames overtake queued application frames and never split one.
 *
 * A session that is not backed up encodes its frames straight into the shared gather buffer; the rings are for frames
 * shared with other sessions (broadcasts) and for peers that read slower than they are sent to.
 */
export class Outbound {
  /** Whether the connection took less than it was given; it will say when there is room. */
  blocked = false;
  #bytes = 0;
  // What of it the budgets know of.
  #bytesTold = 0;
  /** Bytes handed to the connection since it opened. */
  bytesSent = 0;

  readonly #connection: Connection;
  readonly #gather: Gather;
  readonly #counters: Counters;
  readonly #held: HeldBytes;
  readonly #bytesMax: number;
  #begun: Uint8Array | null = null;
  #control: Ring<Uint8Array> | null = null;
  #application: Ring<Uint8Array> | null = null;

  /** @param bytesMax Bytes that may wait behind the frame being sent. */
  constructor(connection: Connection, shared: Shared, bytesMax: number) {
    this.#connection = connection;
    this.#gather = shared.gather;
    this.#counters = shared.counters;
    this.#held = shared.held;
    this.#bytesMax = bytesMax;
  }

  /** Bytes that wait here. What the adapter and the kernel took does not count. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether everything was handed to the connection. */
  get isEmpty(): boolean {
    return this.bytes === 0 && !(this.#gather.ownedBy(this) && this.#gather.used > 0);
  }

  /** Bytes that wait behind the frame being sent, whose first byte may have to wait too: what `bytesMax` bounds. */
  get #bytesWaiting(): number {
    const sending = this.#begun ?? this.#application?.at(0);
    return this.bytes - (sending?.length ?? 0);
  }

  /**
   * Queues a frame with the payload `bytes[start..end)`, which is copied. It always fits: the caller watches `bytes`.
   */
  send(
    type: FrameType,
    idHigh: number,
    idLow: number,
    bytes: Uint8Array,
    start: number = 0,
    end: number = bytes.length,
  ): void {
    const length = HEADER_BYTES + end - start;
    if (length <= GATHER_FRAME_BYTES_MAX && this.#mayGather(length)) {
      this.#gather.encode(type, idHigh, idLow, bytes, start, end);
    } else {
      this.#enqueue(encodeFrame(type, idHigh, idLow, bytes, start, end));
    }
  }

  /**
   * Queues one whole frame, which must never change again (it may be shared by many sessions).
   *
   * @returns false, and nothing is queued, where it does not fit behind what waits already. An empty queue takes any
   * one frame.
   */
  push(frame: Uint8Array): boolean {
    if (this.#gather.ownedBy(this) && frame.length <= GATHER_FRAME_BYTES_MAX) {
      if (this.#mayGather(frame.length)) {
        this.#gather.copy(frame);
        return true;
      }
    }
    if (!this.#fits(frame.length)) {
      this.flush();
      if (!this.#fits(frame.length)) return false;
    }
    this.#enqueue(frame);
    return true;
  }

  /** Hands to the connection what it takes. */
  flush(): void {
    if (this.#gather.ownedBy(this)) this.#flushGathered();
    while (this.#bytes > 0 && !this.blocked) this.#flushQueued();
    this.#tellHeld();
  }

  /** The connection has room again. */
  unblock(): void {
    this.blocked = false;
  }

  /** Forgets application frames that have not begun. */
  dropApplication(): void {
    if (this.#gather.ownedBy(this)) this.#flushGathered();
    const frames = this.#application;
    while (frames !== null && frames.length > 0) this.#bytes -= frames.shift()!.length;
  }

  /** Forgets Broadcasts that have not begun, oldest first, until at most `bytes` wait. Returns how many. */
  dropBroadcasts(bytes: number): number {
    const frames = this.#application;
    if (frames === null) return 0;
    let dropped = 0;
    // Mostly they are all Broadcasts, and the head is all there is to look at.
    while (this.bytes > bytes && isBroadcast(frames.at(0))) {
      this.#bytes -= frames.shift()!.length;
      dropped++;
    }
    if (this.bytes <= bytes) return dropped;
    // Once around the lane: what stays goes to its end, and so keeps its order.
    for (let i = frames.length; i > 0; i--) {
      const frame = frames.shift()!;
      if (this.bytes > bytes && isBroadcast(frame)) {
        this.#bytes -= frame.length;
        dropped++;
      } else {
        frames.push(frame);
      }
    }
    return dropped;
  }

  /** Whether the next byte on the wire starts a frame. */
  get atFrameBoundary(): boolean {
    return this.#begun === null;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#gather.ownedBy(this)) this.#gather.release();
    this.#begun = null;
    this.#control = null;
    this.#application = null;
    this.#bytes = 0;
    this.#tellHeld();
  }

  #fits(length: number): boolean {
    return this.bytes === 0 || this.#bytesWaiting + length <= this.#bytesMax;
  }

  // The gather buffer goes out before the rings do, so only a session with empty rings may use it.
  #mayGather(length: number): boolean {
    if (this.bytes > 0 || this.blocked || !this.#gather.claim(this)) return false;
    if (this.#gather.hasRoom(length)) return true;
    this.#flushGathered();
    return this.bytes === 0 && this.#gather.claim(this);
  }

  #enqueue(frame: Uint8Array): void {
    if (this.#gather.ownedBy(this)) this.#flushGathered();
    const pushed = isApplication(frame[4] as FrameType)
      ? (this.#application ??= this.#lane()).push(frame)
      : (this.#control ??= this.#lane()).push(frame);
    assert(pushed, "a queue that is bounded in bytes is bounded in frames");
    this.#bytes += frame.length;
  }

  // Even the smallest frames fill the byte bound before they fill the ring. Twice over: a session's own answers are
  // stopped by pausing its reading, which happens at the end of the frame that passed the bound.
  #lane(): Ring<Uint8Array> {
    return new Ring(2 * Math.ceil(this.#bytesMax / HEADER_BYTES) + 1);
  }

  #flushGathered(): void {
    const gather = this.#gather;
    const bytes = gather.content;
    const taken = this.#write(bytes, false);
    // Copied once, and only when the peer is slow; then each frame goes to its own lane.
    const rest = taken < bytes.length ? bytes.slice(taken) : null;
    const begunBytes = rest === null ? 0 : bytesOfBegunFrame(bytes, taken);
    gather.release();
    if (rest === null) return;
    if (begunBytes > 0) {
      this.#begun = rest.subarray(0, begunBytes);
      this.#bytes += begunBytes;
    }
    for (let offset = begunBytes; offset < rest.length;) {
      const end = offset + 4 + readU32(rest, offset);
      this.#enqueue(rest.subarray(offset, end));
      offset = end;
    }
  }

  // One write from the lanes: a single frame from where it is, several small ones gathered.
  #flushQueued(): void {
    const first = this.#queued(0)!;
    const second = this.#queued(1);
    if (
      second === undefined || first.length + second.length > GATHER_FRAME_BYTES_MAX ||
      !this.#gather.claim(this)
    ) {
      this.#consume(this.#write(first, true));
      return;
    }
    for (let i = 0;; i++) {
      const frame = this.#queued(i);
      if (
        frame === undefined || frame.length > GATHER_FRAME_BYTES_MAX ||
        !this.#gather.hasRoom(frame.length)
      ) break;
      this.#gather.copy(frame);
    }
    const taken = this.#write(this.#gather.content, false);
    this.#gather.release();
    this.#consume(taken);
  }

  // What goes out `index`-th: the begun frame, then control frames, then application frames.
  #queued(index: number): Uint8Array | undefined {
    if (this.#begun !== null) {
      if (index === 0) return this.#begun;
      index--;
    }
    const controls = this.#control?.length ?? 0;
    return index < controls ? this.#control!.at(index) : this.#application?.at(index - controls);
  }

  #consume(taken: number): void {
    this.#bytes -= taken;
    while (taken > 0) {
      const lane = (this.#control?.length ?? 0) > 0 ? this.#control! : this.#application!;
      const frame: Uint8Array = this.#begun ?? lane.shift()!;
      this.#begun = frame.length > taken ? frame.subarray(taken) : null;
      taken -= Math.min(taken, frame.length);
    }
  }

  // What is queued for the end of the turn is not held yet: a large Broadcast is no burden before somebody refuses it.
  #tellHeld(): void {
    this.#held.outbound += this.#bytes - this.#bytesTold;
    this.#bytesTold = this.#bytes;
  }

  #write(bytes: Uint8Array, frozen: boolean): number {
    const taken = this.#connection.write(bytes, frozen);
    this.bytesSent += taken;
    this.#counters.bytesSent += taken;
    this.blocked = taken < bytes.length;
    return taken;
  }
}

function isBroadcast(frame: Uint8Array | undefined): boolean {
  return frame?.[4] === FrameType.Broadcast;
}

/** How many bytes, from `offset` on, belong to a frame that began before `offset`; 0 at a frame's boundary. */
function bytesOfBegunFrame(frames: Uint8Array, offset: number): number {
  let start = 0;
  while (start < offset) start += 4 + readU32(frames, start);
  return start - offset;
}
