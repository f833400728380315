// A raw client for tests: sends frames, also wrong ones, and keeps what it hears as lines that a test compares.

import { decodeText, encodeText } from "../../../src/base/text.ts";
import { decodeEnd, type EndPayload } from "../../../src/codec/end_payload.ts";
import { encodeFrame, type Frame, FRAME_TYPE_NAMES, FrameType } from "../../../src/codec/frame.ts";
import { FrameReader, type FrameSink } from "../../../src/codec/frame_reader.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Connection, ConnectionHandler, StreamEnd } from "../../../src/transport/transport.ts";

/** Longer payloads are shown by their length. */
const SHOWN_BYTES_MAX = 60;

/** A frame that was heard. */
export interface HeardFrame {
  readonly type: FrameType;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** The bytes of a frame with a small id. */
export function frame(type: FrameType, id: number, payload: string | Uint8Array = ""): Uint8Array {
  return encodeFrame(type, 0, id, typeof payload === "string" ? encodeText(payload) : payload);
}

export const handshake = (json = "") => frame(FrameType.Handshake, 1, json);
export const ping = (id: number, payload?: string | Uint8Array) =>
  frame(FrameType.Ping, id, payload);
export const request = (id: number, payload?: string | Uint8Array) =>
  frame(FrameType.Request, id, payload);
export const notification = (id: number, payload?: string | Uint8Array) =>
  frame(FrameType.Notification, id, payload);
export const disconnect = (json = "") => frame(FrameType.Disconnect, 0, json);

/** A frame as one line: type, id, and its text, its length, or the name of its code. */
export function line({ type, id, payload }: HeardFrame): string {
  const ends = type === FrameType.Error || type === FrameType.Disconnect;
  const shown = ends
    ? decodeEnd(payload)!.name
    : payload.length > SHOWN_BYTES_MAX
    ? `${payload.length} bytes`
    : decodeText(payload)!;
  return `${FRAME_TYPE_NAMES[type]} ${id} ${shown}`.trimEnd();
}

/** One client. By itself it does nothing but close when it has read FIN. */
export class Client implements ConnectionHandler, FrameSink {
  readonly connection: Connection;
  /** Its session, on the other side. */
  readonly session: Session;
  readonly frames: HeardFrame[] = [];
  /** Frames as `line()` shows them, then `fin` and how the stream closed. */
  readonly heard: string[] = [];
  bytesReceived = 0;
  /** Whether it answers FIN with its own. */
  closesOnFin = true;
  answersPings = false;
  /** Whether it stops reading behind each piece it is given. */
  pausesBehindData = false;
  /** Bytes that the connection has not taken yet. */
  #unsent: Uint8Array[] = [];
  #endsOnceSent = false;
  readonly #reader = new FrameReader(FRAME_BYTES_CEILING);

  constructor(connection: Connection, session: Session) {
    this.connection = connection;
    this.session = session;
  }

  /** Sends `parts` as one run of bytes. */
  send(...parts: Uint8Array[]): void {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    this.#unsent.push(bytes);
    this.#flush();
  }

  /** Sends FIN behind everything. */
  end(): void {
    this.#endsOnceSent = true;
    this.#flush();
  }

  /** Reads one piece, of the size the network gives, and no more until it is told. */
  readOnce(): void {
    this.pausesBehindData = true;
    this.connection.resume();
  }

  /** Reads on. */
  resume(): void {
    this.pausesBehindData = false;
    this.connection.resume();
  }

  /** What the last frame, an Error or a Disconnect, says. */
  get lastEnd(): EndPayload {
    return decodeEnd(this.frames.at(-1)!.payload)!;
  }

  /** Whether bytes wait for the connection to take them. */
  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  /** Whether a frame has begun and is not complete. */
  get midFrame(): boolean {
    return this.#reader.midFrame;
  }

  onData(chunk: Uint8Array): void {
    if (this.pausesBehindData) this.connection.pause();
    this.bytesReceived += chunk.length;
    const result = this.#reader.push(chunk, this);
    if (result !== "incomplete") throw new Error(`The server sent a frame that is ${result}`);
  }

  onFrame({ type, idHigh, idLow, payload }: Frame): boolean {
    const heard = { type, id: idHigh * 2 ** 32 + idLow, payload: new Uint8Array(payload) };
    this.frames.push(heard);
    this.heard.push(line(heard));
    if (type === FrameType.Ping && this.answersPings) {
      this.send(encodeFrame(FrameType.Pong, idHigh, idLow, payload));
    }
    return true;
  }

  onWritable(): void {
    this.#flush();
  }

  onEnd(): void {
    this.heard.push("fin");
    if (this.closesOnFin) this.connection.end();
  }

  onClose(how: StreamEnd): void {
    this.heard.push(how);
  }

  #flush(): void {
    while (this.#unsent.length > 0) {
      const bytes = this.#unsent[0]!;
      const taken = this.connection.write(bytes, true);
      if (taken < bytes.length) {
        this.#unsent[0] = bytes.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
    if (this.#endsOnceSent) this.connection.end();
  }
}
