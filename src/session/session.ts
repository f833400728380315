// One connection's life: bytes in, frames out, deadlines, and its end. What each frame means is in receive.ts;
// it knows no other session and no platform.

import { assert } from "../base/assert.ts";
import { NO_BYTES } from "../base/bytes.ts";
import type { CodeName } from "../codec/codes.ts";
import { encodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, FrameType, isApplication } from "../codec/frame.ts";
import { FrameReader, type FrameSink, type FrameViolation } from "../codec/frame_reader.ts";
import { LINGER_MS } from "../limits/lingering.ts";
import { FRAMES_PER_TURN_MAX } from "../limits/turn.ts";
import { count } from "../observe/counters.ts";
import type { Address, Connection, ConnectionHandler, StreamEnd } from "../transport/transport.ts";
import { Closing, type Ending } from "./ending.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Outbound } from "./outbound.ts";
import type { SessionOwner, WheelEntry } from "./owner.ts";
import { receive } from "./receive.ts";
import { type EndedBy, type SessionState, TRANSITIONS } from "./state.ts";

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});

const VIOLATION_MESSAGES: Readonly<Record<FrameViolation, string>> = {
  bad_length: "The length of a frame is below 9",
  frame_too_large: "The length of a frame is over the bound",
  unknown_type: "The type of a frame is not known",
};

/** What may be said about a fatal Error beyond its code. */
export interface FailOptions {
  /** The request id of the frame that caused it. */
  readonly idHigh?: number;
  readonly idLow?: number;
  readonly retryAfterMs?: number;
}

/** One peer's session. */
export class Session implements ConnectionHandler, FrameSink, WheelEntry {
  /** A UUID. */
  readonly id: string;
  readonly owner: SessionOwner;
  readonly peer: Address;
  /** What the Handshake said; empty for a plain client. */
  client = "";
  user = "";
  tags = NO_TAGS;
  readonly createdAt: number;
  framesReceived = 0;
  framesSent = 0;
  bytesReceived = 0;
  /** Requests handed over and not answered yet. */
  requestsRunning = 0;
  /** Why it ended; null while it lives. */
  ending: Ending | null = null;
  /** Whether it holds one of the places for sockets that linger after an Error. */
  isLingering = false;

  // The owner's bookkeeping: its place in the registry (-1: none), whether it is flushed at the end of this turn, and
  // its links on the timer wheel.
  registryIndex = -1;
  isTouched = false;
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;

  #state: SessionState = "connecting";
  readonly #connection: Connection;
  readonly #reader: FrameReader;
  readonly #outbound: Outbound;
  readonly #heartbeat: Heartbeat;
  #closing: Closing | null = null;
  // Whether frames are read on; `sliced`: after the sockets were looked at again; `held`: once the peer takes answers.
  #reading: "on" | "sliced" | "held" = "on";
  #framesThisTurn = 0;
  #lastApplicationAt: number;
  // When the frame that is coming in began, and since when the peer takes no bytes; 0: not so.
  #frameBegunAt = 0;
  #stalledSince = 0;

  constructor(id: string, connection: Connection, owner: SessionOwner) {
    const { limits, handshakeRequired, now } = owner;
    this.id = id;
    this.owner = owner;
    this.peer = connection.peer;
    this.createdAt = now;
    this.#connection = connection;
    this.#reader = new FrameReader(
      handshakeRequired ? limits.handshakeFrameBytesMax : limits.frameBytesMax,
    );
    this.#outbound = new Outbound(connection, owner.gather, limits.outboundBytesMax);
    this.#heartbeat = new Heartbeat(limits, now);
    this.#lastApplicationAt = now;
    owner.wakeAt(this, this.#nextDeadline());
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether it is past its handshake and has not ended. */
  get isOpen(): boolean {
    return this.#state === "active" || this.#state === "idle";
  }

  /** When the last byte came in. */
  get lastReceivedAt(): number {
    return this.#heartbeat.heardAt;
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#outbound.bytes;
  }

  get bytesSent(): number {
    return this.#outbound.bytesSent;
  }

  // --- from the connection ---

  onData(chunk: Uint8Array): void {
    const { owner } = this;
    owner.enterTurn();
    try {
      this.#heartbeat.heardAt = owner.now;
      this.bytesReceived += chunk.length;
      owner.counters.bytesReceived += chunk.length;
      if (this.#closing?.discards) this.#closing.discard(chunk.length);
      else this.#read(chunk);
    } finally {
      owner.leaveTurn();
    }
  }

  onWritable(): void {
    this.owner.enterTurn();
    try {
      this.#outbound.unblock();
      if (this.#stalledSince > 0) this.#stalledSince = this.owner.now;
      this.owner.touch(this);
    } finally {
      this.owner.leaveTurn();
    }
  }

  onEnd(): void {
    this.owner.enterTurn();
    try {
      if (this.ending === null) {
        this.#end("transport_lost", "network", "The peer sent FIN without a Disconnect");
        this.#close(true, this.owner.limits.requestTimeoutMs);
      }
    } finally {
      this.owner.leaveTurn();
    }
  }

  onClose(how: StreamEnd): void {
    this.owner.enterTurn();
    try {
      if (this.ending === null) {
        // We end a session before we terminate its connection, so this was the adapter, over a fault of ours.
        const faulted = how === "terminated";
        this.#end(faulted ? "internal" : "transport_lost", faulted ? "server" : "network", "");
      }
      this.#reader.clear();
      this.#outbound.clear();
      this.#enter("closed");
      this.owner.socketClosed(this);
    } finally {
      this.owner.leaveTurn();
    }
  }

  // --- reading ---

  onFrame(type: FrameType, idHigh: number, idLow: number, payload: Uint8Array): boolean {
    this.framesReceived++;
    this.#framesThisTurn++;
    this.owner.counters.framesReceived[type]!++;
    if (isApplication(type)) this.#noteApplication();
    receive(this, type, idHigh, idLow, payload);
    return this.#mayReadOn();
  }

  /** Goes on with frames that were read but not served. */
  continueReading(): void {
    if (this.#reading === "on" || this.#closing?.discards) return;
    this.#reading = "on";
    this.#read(NO_BYTES);
    if (this.#reading === "on") this.#connection.resume();
  }

  #read(chunk: Uint8Array): void {
    const reader = this.#reader;
    const wasMidFrame = reader.midFrame;
    const served = this.framesReceived;
    const result = reader.push(chunk, this);
    this.#framesThisTurn = 0;
    if (this.#closing?.discards) return reader.clear();
    if (result === "stopped") return this.#stopReading();
    if (result !== "incomplete") {
      return this.fail(result, VIOLATION_MESSAGES[result], {
        idHigh: reader.violationIdHigh,
        idLow: reader.violationIdLow,
      });
    }
    if (!reader.midFrame) {
      this.#frameBegunAt = 0;
    } else if (!wasMidFrame || this.framesReceived > served) {
      this.#frameBegunAt = this.owner.now;
      this.owner.wakeAt(this, this.#nextDeadline());
    }
  }

  #mayReadOn(): boolean {
    if (this.#closing?.discards || this.#framesThisTurn >= FRAMES_PER_TURN_MAX) return false;
    const { outboundBytesHigh } = this.owner.limits;
    if (this.#outbound.bytes <= outboundBytesHigh) return true;
    this.#outbound.flush();
    return this.#outbound.bytes <= outboundBytesHigh;
  }

  #stopReading(): void {
    this.#frameBegunAt = 0;
    this.#connection.pause();
    if (this.#outbound.bytes > this.owner.limits.outboundBytesHigh) {
      this.#reading = "held";
    } else {
      this.#reading = "sliced";
      this.owner.continueLater(this);
    }
  }

  // --- sending ---

  /** Sends a frame made of `payload`, which is copied. Nothing happens once the session has ended for its peer. */
  send(type: FrameType, idHigh: number, idLow: number, payload: Uint8Array): void {
    if (this.#closing?.discards || this.#state === "closed") return;
    this.#outbound.send(type, idHigh, idLow, payload);
    this.#noteSent(type);
  }

  /**
   * Sends a whole application frame that never changes again: many sessions may share it. A peer that is too far
   * behind to take it is ended as a slow consumer.
   */
  push(frame: Uint8Array): void {
    if (!this.isOpen) return;
    if (!this.#outbound.push(frame)) {
      return this.abandon("slow_consumer", "Too many bytes wait for this peer");
    }
    this.#noteSent(frame[4] as FrameType);
  }

  /** Answers a Request. */
  answer(idHigh: number, idLow: number, payload: Uint8Array): void {
    this.#finishRequest();
    this.send(FrameType.Response, idHigh, idLow, payload);
  }

  /** Answers a Request with an Error that ends the Request alone. */
  refuse(idHigh: number, idLow: number, name: CodeName, message: string): void {
    this.#finishRequest();
    this.#sendError(name, message, { idHigh, idLow });
  }

  /** Hands to the connection what is queued. Called at the end of each turn in which something was sent. */
  flush(): void {
    if (this.#state === "closed") return;
    const { limits, now, counters } = this.owner;
    const sentBefore = this.#outbound.bytesSent;
    this.#outbound.flush();
    counters.bytesSent += this.#outbound.bytesSent - sentBefore;
    if (!this.#outbound.blocked) {
      this.#stalledSince = 0;
    } else if (this.#stalledSince === 0) {
      this.#stalledSince = now;
      this.owner.wakeAt(this, this.#nextDeadline());
    }
    if (this.#closing?.advance(this.requestsRunning, now)) {
      this.#reader.clear();
      this.#connection.resume();
      this.owner.wakeAt(this, this.#closing.deadlineAt);
    }
    if (this.#reading === "held" && this.#outbound.bytes <= limits.outboundBytesHigh / 2) {
      this.#reading = "sliced";
      this.#heartbeat.heardAt = now;
      this.owner.continueLater(this);
    }
  }

  // --- ending ---

  /** Past the handshake from now on. */
  open(): void {
    this.#reader.lengthMax = this.owner.limits.frameBytesMax;
    this.#lastApplicationAt = this.owner.now;
    this.#enter("active");
    this.owner.sessionOpened(this);
  }

  /** Ends with an Error: the peer, or we, did what ends a session. Queued application frames are dropped. */
  fail(name: CodeName, message: string, options: FailOptions = {}): void {
    if (this.#closing?.discards) return;
    this.#outbound.dropApplication();
    this.#sendError(name, message, options);
    if (this.ending === null) this.#end(name, "server", message);
    this.#close(false, LINGER_MS);
    this.isLingering ||= this.owner.mayLinger();
    if (!this.isLingering) this.#hangUp();
  }

  /** Ends with a Disconnect: what is queued and what runs is still answered, new Requests are not taken. */
  disconnect(name: CodeName, by: EndedBy, message: string, retryAfterMs?: number): void {
    if (this.ending !== null) return;
    this.send(FrameType.Disconnect, 0, 0, encodeEnd(name, message, retryAfterMs));
    this.#end(name, by, message);
    this.#close(true, this.owner.limits.drainGraceMs);
  }

  /** The peer asked to end: what is queued still goes out. */
  endByPeer(name: CodeName): void {
    if (this.ending === null) this.#end(name, "peer", "");
    this.#close(false, LINGER_MS);
  }

  /** Ends a peer that is gone or does not read: one attempt to tell it, then the socket is destroyed. */
  abandon(name: CodeName, message: string): void {
    if (this.ending !== null) return;
    count(this.owner.counters.errors, name);
    const error = encodeFrame(FrameType.Error, 0, 0, encodeEnd(name, message));
    if (this.#outbound.atFrameBoundary) this.#connection.write(error, true);
    this.#end(name, "server", message);
    this.#close(false, 0);
    this.#hangUp();
  }

  /** The moment asked for with `owner.wakeAt()` has come. */
  onDeadline(): void {
    const { now, limits } = this.owner;
    if (this.#closing !== null) {
      if (now >= this.#closing.deadlineAt) return this.#hangUp();
    } else if (this.#state === "connecting" && this.owner.handshakeRequired) {
      if (now >= this.createdAt + limits.handshakeTimeoutMs) {
        return this.fail("handshake_timeout", "No Handshake came in time");
      }
    } else if (this.#stalledSince > 0 && now >= this.#stalledSince + limits.stallTimeoutMs) {
      return this.abandon("slow_consumer", "The peer has taken no byte for too long");
    } else if (this.#frameBegunAt > 0 && now >= this.#frameBegunAt + limits.frameTimeoutMs) {
      return this.fail("frame_timeout", "A frame that has begun was not complete in time");
    } else if (this.#reading !== "held") {
      const due = this.#heartbeat.due(now);
      if (due === "stale") return this.abandon("stale", "Nothing was heard for too long");
      if (due === "ping") this.send(FrameType.Ping, 0, this.#heartbeat.pings, NO_BYTES);
    }
    if (this.#state === "active" && now >= this.#lastApplicationAt + limits.idleAfterMs) {
      this.#enter("idle");
    }
    this.owner.wakeAt(this, this.#nextDeadline());
  }

  #nextDeadline(): number {
    if (this.#closing !== null) return this.#closing.deadlineAt;
    const { limits, handshakeRequired } = this.owner;
    if (this.#state === "connecting" && handshakeRequired) {
      return this.createdAt + limits.handshakeTimeoutMs;
    }
    // While we hold back its reading, a peer's silence is ours.
    let at = this.#reading === "held" ? Infinity : this.#heartbeat.nextAt();
    if (this.#stalledSince > 0) at = Math.min(at, this.#stalledSince + limits.stallTimeoutMs);
    if (this.#frameBegunAt > 0) at = Math.min(at, this.#frameBegunAt + limits.frameTimeoutMs);
    if (this.#state === "active") at = Math.min(at, this.#lastApplicationAt + limits.idleAfterMs);
    return at;
  }

  // From here on the session is over, whatever its socket still does.
  #end(name: CodeName, by: EndedBy, message: string): void {
    assert(this.ending === null, "a session ends once");
    this.ending = { name, by, message };
    this.#enter("disconnecting");
    this.owner.sessionEnded(this);
  }

  // What is left is to get rid of the socket politely, within `withinMs`.
  #close(awaitsRequests: boolean, withinMs: number): void {
    const deadlineAt = this.owner.now + withinMs;
    this.#closing = new Closing(this.#connection, this.#outbound, awaitsRequests, deadlineAt);
    if (!awaitsRequests) this.#connection.resume();
    this.owner.wakeAt(this, deadlineAt);
    this.owner.touch(this);
  }

  #hangUp(): void {
    this.#outbound.clear();
    this.#connection.terminate();
  }

  #finishRequest(): void {
    assert(this.requestsRunning > 0, "each Request is answered once");
    this.requestsRunning--;
    if (this.#closing !== null) this.owner.touch(this);
  }

  #sendError(
    name: CodeName,
    message: string,
    { idHigh = 0, idLow = 0, retryAfterMs }: FailOptions,
  ): void {
    count(this.owner.counters.errors, name);
    this.send(FrameType.Error, idHigh, idLow, encodeEnd(name, message, retryAfterMs));
  }

  #noteSent(type: FrameType): void {
    this.framesSent++;
    this.owner.counters.framesSent[type]!++;
    if (isApplication(type)) this.#noteApplication();
    this.owner.touch(this);
  }

  #noteApplication(): void {
    this.#lastApplicationAt = this.owner.now;
    if (this.#state === "idle") this.#enter("active");
  }

  #enter(next: SessionState): void {
    assert(
      TRANSITIONS[this.#state].includes(next),
      `a session goes from ${this.#state} to ${next}`,
    );
    this.#state = next;
  }
}
