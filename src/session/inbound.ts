// What comes from one peer: frames are found here, and here it is decided when reading them has to wait.

import type { Frame } from "../codec/frame.ts";
import { FrameReader, type FrameSink, type ReadResult } from "../codec/frame_reader.ts";
import { FRAMES_PER_TURN_MAX } from "../limits/turn.ts";
import type { HeldBytes } from "./held_bytes.ts";

/**
 * Why frames that came in are not served: `held`, the peer has to take its answers, or the handlers to catch up, first;
 * `sliced`, others get their turn; `checking`, what the Handshake says is looked up on other nodes first; `no`, they are.
 */
type Stopped = "no" | "held" | "sliced" | "checking";

/** The reading side of a session. Decides; it pauses nothing and closes nothing. */
export class Inbound {
  readonly reader: FrameReader;
  /** When the frame that is coming in began; 0: none is. */
  frameBegunAt = 0;
  stopped: Stopped = "no";
  readonly #held: HeldBytes;
  #memoryBytes = 0;
  #framesThisTurn = 0;

  /** @param lengthMax The most the length field of a frame may say, until the handshake is done. */
  constructor(lengthMax: number, frame: Frame, held: HeldBytes) {
    this.reader = new FrameReader(lengthMax, frame);
    this.#held = held;
  }

  /** Whether frames wait here that came in and were not served. */
  get isStopped(): boolean {
    return this.stopped !== "no";
  }

  /** Reads `chunk` (empty: goes on with what a stop left). */
  read(chunk: Uint8Array, sink: FrameSink, now: number): ReadResult {
    const { reader } = this;
    const wasMidFrame = reader.midFrame;
    this.stopped = "no";
    this.#framesThisTurn = 0;
    const result = reader.push(chunk, sink);
    this.#noteMemory();
    if (!reader.midFrame) this.frameBegunAt = 0;
    else if (!wasMidFrame || this.#framesThisTurn > 0) this.frameBegunAt = now;
    return result;
  }

  /** After each frame: whether the next one is served now. */
  mayReadOn(isHeld: boolean): boolean {
    if (this.stopped === "checking") return false;
    if (isHeld) this.stopped = "held";
    else if (++this.#framesThisTurn >= FRAMES_PER_TURN_MAX) this.stopped = "sliced";
    return this.stopped === "no";
  }

  /** Nothing more is read. */
  clear(): void {
    this.reader.clear();
    this.#noteMemory();
    this.frameBegunAt = 0;
    this.stopped = "no";
  }

  #noteMemory(): void {
    const { memoryBytes } = this.reader;
    this.#held.inbound += memoryBytes - this.#memoryBytes;
    this.#memoryBytes = memoryBytes;
  }
}
