// One peer's session: its state, its parts, and sending. What its connection tells is in link.ts, how bytes become frames
// in reading.ts, what each frame means in receive.ts, what time asks in deadlines.ts, how it ends in ending.ts. It knows
// no other session and no platform.

import { assert } from "../base/assert.ts";
import type { CodeName } from "../codec/codes.ts";
import { encodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, FrameType, isApplication } from "../codec/frame.ts";
import { HEARTBEAT_JITTER } from "../limits/heartbeat.ts";
import { count } from "../observe/counters.ts";
import type { Address, Connection } from "../transport/transport.ts";
import { meetDeadline, nextDeadline, noteApplication } from "./deadlines.ts";
import type { Closing } from "./closing.ts";
import { abandon, type Ending } from "./ending.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Inbound } from "./inbound.ts";
import type { Link } from "./link.ts";
import { Outbound } from "./outbound.ts";
import type { Delivery, SessionOwner, WheelEntry } from "./owner.ts";
import { type Rate, rateFor } from "./rate.ts";
import type { Relay } from "./relay.ts";
import type { Resumption } from "./resumption.ts";
import { makeRoom } from "./slow.ts";
import { type SessionState, TRANSITIONS } from "./state.ts";
import type { Work } from "./work.ts";

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});
const NO_DATA: Readonly<Record<string, unknown>> = Object.freeze({});

/** What may be said in an Error beyond its code. */
export interface ErrorOptions {
  /** The request id of the frame that caused it. */
  readonly idHigh?: number;
  readonly idLow?: number;
  readonly retryAfterMs?: number;
}

/** One peer's session. */
export class Session implements WheelEntry {
  /** A UUID. */
  readonly id: string;
  readonly owner: SessionOwner;
  /** What the Handshake said; empty for a plain client. */
  client = "";
  user = "";
  tags = NO_TAGS;
  /** Whether the payloads of Requests and Notifications begin with a route, in both directions. */
  speaksRoutes = false;
  /** The groups it is in; null: none so far. Kept by whoever keeps the groups. */
  groups: Set<string> | null = null;
  /** What the application keeps with it, as JSON. */
  data: Readonly<Record<string, unknown>> = NO_DATA;
  /** The application's handle for it, made when first asked for. */
  handle: object | null = null;
  /** Handlers and questions under way; null: there were none so far. */
  work: Work | null = null;
  /** What it keeps so that its client can come back; null: the client did not ask for that. */
  resumption: Resumption | null = null;
  createdAt: number;
  /** When it was let in; Infinity while it waits at the door, where no time counts. */
  admittedAt = Infinity;
  /** When it was past its handshake; Infinity before. */
  openedAt = Infinity;
  /** When the last application frame came or went. */
  lastApplicationAt: number;
  framesReceived = 0;
  framesSent = 0;
  bytesReceived = 0;
  /** Requests handed over and not answered yet. */
  requestsRunning = 0;
  /** Why it ended; null while it lives. */
  ending: Ending | null = null;

  // What belongs to its connection, and goes with it when they part.
  connection: Connection;
  link: Link | null = null;
  peer: Address;
  inbound: Inbound;
  outbound: Outbound;
  heartbeat: Heartbeat;
  rate: Rate | null;
  /** Since when the peer takes no bytes although some wait for it; 0: it does. */
  stalledSince = 0;
  /** What its socket still does after the end. */
  closing: Closing | null = null;
  /**
   * While the server drains and the session is kept: who sees its connection off, and answers there what still runs. For
   * that one, whose connection it was.
   */
  counterpart: Session | null = null;
  /** Set once another node has the session: this is what is left of it here. */
  relay: Relay | null = null;

  // The owner's bookkeeping: its place in the registry (-1: none), whether it is flushed at the end of this turn,
  // or of a later one, whether it holds a place among lingering sockets, and its links on the timer wheel.
  registryIndex = -1;
  isTouched = false;
  isDeferred = false;
  isLingering = false;
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;

  #state: SessionState = "connecting";

  constructor(id: string, connection: Connection, owner: SessionOwner) {
    const { limits, policies, now } = owner;
    this.id = id;
    this.owner = owner;
    this.peer = connection.peer;
    this.createdAt = now;
    this.lastApplicationAt = now;
    this.inbound = new Inbound(
      policies.handshakeRequired ? limits.handshakeFrameBytesMax : limits.frameBytesMax,
      owner.frame,
      owner.held,
    );
    this.outbound = new Outbound(connection, owner, limits.outboundBytesMax);
    this.heartbeat = new Heartbeat(owner, now, 1 - HEARTBEAT_JITTER * owner.random());
    this.rate = rateFor(limits, now);
    this.connection = connection;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether it is past its handshake and has not ended. */
  get isOpen(): boolean {
    return this.#state === "active" || this.#state === "idle";
  }

  /** Whether what is sent to it reaches it, now or when its client has come back. */
  get isReachable(): boolean {
    return this.isOpen || this.#state === "waiting";
  }

  /** Whether nothing the peer sends or is sent counts any more. */
  get isDeaf(): boolean {
    return this.closing?.discards === true || this.#state === "closed";
  }

  // --- sending ---

  /** Sends a frame with the payload `bytes[start..end)`, which is copied. */
  send(
    type: FrameType,
    idHigh: number,
    idLow: number,
    bytes: Uint8Array,
    start: number = 0,
    end: number = bytes.length,
  ): void {
    if (this.isDeaf || this.#state === "waiting") return;
    this.outbound.send(type, idHigh, idLow, bytes, start, end);
    this.#noteSent(type);
    this.owner.touch(this);
  }

  /**
   * Sends a whole application frame that never changes again: many sessions may share it. It goes out in this turn or a
   * later one, but in order. A peer that is too far behind to take it is ended as a slow consumer.
   */
  push(frame: Uint8Array): Delivery {
    if (!this.isReachable) return this.relay?.push(frame) ?? "gone";
    const { outbound, owner, resumption } = this;
    if (resumption !== null && frame[4] !== FrameType.Request) frame = resumption.numbered(frame);
    if (this.#state === "waiting") {
      owner.waiting.changed(this);
      return "queued";
    }
    if (frame[4] === FrameType.Broadcast) makeRoom(this, frame);
    if (!outbound.push(frame)) {
      abandon(this, "slow_consumer", "Too many bytes wait for this peer");
      return "slow";
    }
    this.#noteSent(frame[4] as FrameType);
    owner.touchLater(this);
    return outbound.bytes > owner.limits.outboundBytesHigh ? "slow" : "queued";
  }

  /** Sends an Error. Ending the session, where it does, is the caller's part. */
  sendError(name: CodeName, message: string, options: ErrorOptions): void {
    const { idHigh = 0, idLow = 0, retryAfterMs } = options;
    count(this.owner.counters.errors, name);
    this.send(FrameType.Error, idHigh, idLow, encodeEnd(name, message, { retryAfterMs }));
  }

  /** Answers a Request with `bytes[start..end)`, which is copied. */
  answer(
    idHigh: number,
    idLow: number,
    bytes: Uint8Array,
    start: number = 0,
    end: number = bytes.length,
  ): void {
    this.#finishRequest(FrameType.Response, idHigh, idLow, bytes, start, end);
  }

  /** Answers a Request with an Error that ends the Request alone. A number is a code of the application's own. */
  refuse(idHigh: number, idLow: number, name: CodeName | number, message: string): void {
    count(this.owner.counters.errors, typeof name === "number" ? "application" : name);
    const error = encodeEnd(name, message);
    this.#finishRequest(FrameType.Error, idHigh, idLow, error, 0, error.length);
  }

  // --- states ---

  /** Goes to another state, as the table of states allows. */
  enter(next: SessionState): void {
    assert(TRANSITIONS[this.#state].includes(next), "the table allows each change of state");
    this.#state = next;
  }

  /** The moment asked for with `owner.wakeAt()` has come. */
  onDeadline(): void {
    try {
      meetDeadline(this);
      this.owner.wakeAt(this, nextDeadline(this));
    } catch (error) {
      this.owner.sessionFaulted(this, error);
    }
  }

  // A turn of its own where the answer comes late, from outside of any.
  #finishRequest(
    type: FrameType,
    idHigh: number,
    idLow: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    assert(this.requestsRunning > 0, "each Request is answered once");
    if (this.relay !== null) {
      this.requestsRunning--;
      return this.relay.answered(encodeFrame(type, idHigh, idLow, bytes, start, end));
    }
    this.owner.enterTurn();
    try {
      const { resumption, counterpart } = this;
      const isWaiting = this.#state === "waiting";
      const socket = isWaiting && counterpart !== null ? counterpart : this;
      socket.send(type, idHigh, idLow, bytes, start, end);
      resumption?.asked.answered(
        idHigh,
        idLow,
        encodeFrame(type, idHigh, idLow, bytes, start, end),
      );
      this.requestsRunning--;
      if (isWaiting) this.owner.waiting.changed(this);
    } finally {
      this.owner.leaveTurn();
    }
  }

  #noteSent(type: FrameType): void {
    this.framesSent++;
    this.owner.counters.framesSent[type]!++;
    if (isApplication(type)) noteApplication(this);
  }
}
