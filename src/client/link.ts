// One connection of a client, from dialing to its end: handshake, heartbeat, endings. It never comes back; who owns
// it makes a new one.

import { NO_BYTES } from "../base/bytes.ts";
import { decodeEnd, encodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, type Frame, FrameType } from "../codec/frame.ts";
import { FrameReader, type FrameSink } from "../codec/frame_reader.ts";
import { CLOSE_MS } from "../limits/client.ts";
import { FRAME_BYTES_CEILING } from "../limits/wire.ts";
import type { WheelEntry } from "../session/owner.ts";
import type { Address, Connection, ConnectionHandler } from "../transport/transport.ts";
import { endedHere, endedThere, type EndReason } from "./errors.ts";
import { decodeWelcome, type Welcome } from "./handshake.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Outbox } from "./outbox.ts";
import type { Platform } from "./platform.ts";
import { type Gate, Writer } from "./writer.ts";

/** Who has the link, and decides what it may send once it is open. */
export interface LinkOwner extends Gate {
  /** The payload of the Handshake. */
  introduce(): Uint8Array;
  /** The handshake is done: what waits goes out from now on. */
  onWelcome(welcome: Welcome): void;
  /** An application frame, or the Error of one Request. */
  onFrame(frame: Frame): void;
  onPong(id: number): void;
  /** Whether what came in has to be acknowledged; with a heartbeat that is done for a single frame. */
  ackDue(isHeartbeat: boolean): boolean;
  /** A whole Ping, which also acknowledges what came in. */
  makePing(): Uint8Array;
  /** The server said Disconnect: answers still come, but nothing more is sent. */
  onDismissed(reason: EndReason): void;
  /** Comes last, exactly once. */
  onLost(reason: EndReason): void;
}

/** `leaving`: one side has said Disconnect; reading goes on until the server's FIN. */
type Stage = "dialing" | "greeting" | "open" | "leaving" | "over";

export class Link implements ConnectionHandler, FrameSink, WheelEntry {
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;

  readonly #platform: Platform;
  readonly #owner: LinkOwner;
  readonly #outbox: Outbox;
  readonly #connectTimeoutMs: number;
  readonly #reader = new FrameReader(FRAME_BYTES_CEILING);
  #stage: Stage = "dialing";
  #connection: Connection | null = null;
  #writer: Writer | null = null;
  #heartbeat: Heartbeat | null = null;
  // What it ends with once the stream is closed.
  #reason: EndReason | null = null;
  // Our own Disconnect goes out behind everything that waits.
  #farewell: "none" | "wanted" | "queued" | "said" = "none";
  #leaveAt = Infinity;
  #isLookingAgain = false;

  constructor(platform: Platform, owner: LinkOwner, outbox: Outbox, connectTimeoutMs: number) {
    this.#platform = platform;
    this.#owner = owner;
    this.#outbox = outbox;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  // --- from the owner ---

  dial(address: Address): void {
    const { transport, wheel, clock } = this.#platform;
    wheel.schedule(this, clock.now() + this.#connectTimeoutMs);
    transport.connect(
      address,
      (connection) => this.#opened(connection),
      (error) => this.#end(endedHere("transport_lost", `Cannot connect: ${error.message}`)),
    );
  }

  /** Hands to the connection what may go out. */
  flush(): void {
    const writer = this.#writer;
    if (writer === null || this.#stage === "over") return;
    writer.flush();
    if (this.#farewell === "wanted" && writer.isEmpty) {
      this.#farewell = "queued";
      writer.control(encodeFrame(FrameType.Disconnect, 0, 0, NO_BYTES));
      writer.flush();
    }
    if (this.#farewell === "queued" && writer.isEmpty) {
      this.#farewell = "said";
      this.#connection!.end();
    }
  }

  /** Queues a Ping. */
  ping(): void {
    this.#control(this.#owner.makePing());
  }

  /** Says Disconnect behind everything that waits, and ends with `reason` once the server has closed its side. */
  leave(reason: EndReason): void {
    if (this.#stage === "over") return;
    if (this.#stage === "dialing" || this.#stage === "greeting") return this.#end(reason);
    this.#stage = "leaving";
    this.#reason = reason;
    if (this.#farewell === "none") this.#farewell = "wanted";
    this.#leaveAt = this.#platform.clock.now() + CLOSE_MS;
    this.#platform.wheel.schedule(this, this.#leaveAt);
    this.flush();
  }

  // --- from the transport ---

  onData(chunk: Uint8Array): void {
    if (this.#stage === "over") return;
    this.#heartbeat?.heard(this.#platform.clock.now());
    const result = this.#reader.push(chunk, this);
    if (this.#isOver()) return;
    if (result !== "incomplete" && result !== "stopped") return this.#refuse(result);
    if (this.#stage === "open" && this.#owner.ackDue(false)) this.ping();
    this.flush();
  }

  onFrame(frame: Frame): boolean {
    const { type, idHigh, idLow } = frame;
    switch (type) {
      case FrameType.HandshakeAck:
        if (this.#stage === "greeting") this.#welcome(frame.payload);
        break;
      case FrameType.Ping:
        this.#control(encodeFrame(FrameType.Pong, idHigh, idLow, frame.payload));
        if (this.#stage === "open" && this.#owner.ackDue(true)) this.ping();
        break;
      case FrameType.Pong:
        this.#owner.onPong(idLow);
        break;
      case FrameType.Disconnect:
        this.#dismissed(frame.payload);
        break;
      case FrameType.Error:
        this.#failed(frame);
        break;
      default:
        if (this.#stage !== "greeting") this.#owner.onFrame(frame);
    }
    return this.#stage !== "over";
  }

  onWritable(): void {
    if (this.#stage === "over") return;
    this.#writer!.onWritable();
    this.flush();
  }

  onEnd(): void {
    this.#connection!.end();
  }

  onClose(): void {
    this.#platform.wheel.cancel(this);
    this.#end(this.#reason ?? endedHere("transport_lost", "The connection was lost"));
  }

  // --- time ---

  onDeadline(): void {
    if (this.#stage === "over") return this.#connection?.terminate();
    const now = this.#platform.clock.now();
    if (this.#heartbeat === null) {
      const message = `No HandshakeAck within ${this.#connectTimeoutMs} ms`;
      return this.#end(endedHere("handshake_timeout", message));
    }
    if (now >= this.#leaveAt) return this.#end(this.#reason!);
    const due = this.#heartbeat.due(now);
    if (due === "dead") return this.#giveUp();
    if (due === "ping") {
      this.ping();
      this.flush();
    }
    this.#platform.wheel.schedule(this, Math.min(this.#heartbeat.nextAt, this.#leaveAt));
  }

  // A program that was held up for long finds its timer due and the server's bytes still unread: those come first.
  #giveUp(): void {
    if (this.#isLookingAgain) {
      return this.#end(this.#reason ?? endedHere("stale", "The server fell silent"));
    }
    this.#isLookingAgain = true;
    this.#platform.clock.afterIo(() => {
      this.onDeadline();
      this.#isLookingAgain = false;
    });
  }

  // --- the conversation ---

  #opened(connection: Connection): this {
    if (this.#stage === "over") {
      connection.terminate();
      return this;
    }
    this.#stage = "greeting";
    this.#connection = connection;
    this.#writer = new Writer(connection, this.#outbox);
    this.#control(encodeFrame(FrameType.Handshake, 0, 0, this.#owner.introduce()));
    this.flush();
    return this;
  }

  #welcome(payload: Uint8Array): void {
    const welcome = decodeWelcome(payload);
    if (welcome === undefined) {
      return this.#end(endedHere("bad_handshake", "The HandshakeAck cannot be read"));
    }
    const { clock, wheel } = this.#platform;
    this.#stage = "open";
    this.#heartbeat = new Heartbeat(welcome.timeoutMs, clock.now());
    wheel.schedule(this, this.#heartbeat.nextAt);
    this.#writer!.gate = this.#owner;
    this.#owner.onWelcome(welcome);
  }

  // The server ends: it takes no new Requests, but still sends the answers of those that run, then FIN.
  #dismissed(payload: Uint8Array): void {
    const end = decodeEnd(payload);
    if (this.#stage === "leaving") return;
    const unread = endedHere("bad_payload", "The server's Disconnect cannot be read");
    this.#reason = end === undefined ? unread : endedThere(end);
    if (this.#stage === "greeting") return this.#end(this.#reason);
    this.#stage = "leaving";
    this.#writer!.gate = null;
    this.#owner.onDismissed(this.#reason);
  }

  #failed(frame: Frame): void {
    const end = decodeEnd(frame.payload);
    if (end === undefined) return this.#refuse("bad_payload");
    if (end.code >= 2000) this.#owner.onFrame(frame);
    else this.#endPolitely(endedThere(end));
  }

  // The server broke the protocol. It may have been another program on that port, so it is tried again.
  #refuse(name: "bad_length" | "frame_too_large" | "unknown_type" | "bad_payload"): void {
    const message = `The server sent a frame that is ${name}`;
    this.#control(encodeFrame(FrameType.Error, 0, 0, encodeEnd(name, message)));
    this.#writer!.gate = null;
    this.#writer!.flush();
    this.#endPolitely(endedHere(name, message));
  }

  #control(frame: Uint8Array): void {
    if (this.#writer!.control(frame)) return;
    this.#end(endedHere("over_budget", "The server sends Pings and reads no answers"));
  }

  #isOver(): boolean {
    return this.#stage === "over";
  }

  #end(reason: EndReason): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    this.#platform.wheel.cancel(this);
    this.#reader.clear();
    this.#connection?.terminate();
    this.#owner.onLost(reason);
  }

  // The same, but what was written still goes out; the socket has a moment for that, which nobody waits for.
  #endPolitely(reason: EndReason): void {
    if (this.#stage === "over") return;
    const { wheel, clock } = this.#platform;
    this.#stage = "over";
    this.#reader.clear();
    this.#connection!.end();
    wheel.cancel(this);
    wheel.schedule(this, clock.now() + CLOSE_MS);
    this.#owner.onLost(reason);
  }
}
