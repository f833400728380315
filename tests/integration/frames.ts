// Frames as a client in another language would write and read them: from the protocol's text, with no code of ours.

import { Buffer } from "node:buffer";

export const HANDSHAKE = 0x01;
export const HANDSHAKE_ACK = 0x02;
export const PING = 0x03;
export const PONG = 0x04;
export const DISCONNECT = 0x05;
export const REQUEST = 0x10;
export const RESPONSE = 0x11;
export const NOTIFICATION = 0x12;
export const BROADCAST = 0x13;
export const ERROR = 0xff;

/** One frame that came in. */
export interface Frame {
  readonly type: number;
  readonly id: bigint;
  readonly payload: Buffer;
}

/** The bytes of a frame. */
export function frame(type: number, id: bigint, payload: string | Uint8Array = ""): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(9 + bytes.length, 0);
  header.writeUInt8(type, 4);
  header.writeBigUInt64BE(id, 5);
  return Buffer.concat([header, bytes]);
}

/** The bytes of a Handshake: empty, or with what it says. */
export function handshake(says?: Readonly<Record<string, unknown>>): Buffer {
  return frame(HANDSHAKE, 0n, says === undefined ? "" : JSON.stringify(says));
}

/** Bytes from hex; blanks and line ends between them are skipped. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

/** What an Error, Disconnect or HandshakeAck says. */
export function json({ payload }: Frame): Record<string, unknown> {
  return JSON.parse(payload.toString());
}

/** Cuts frames out of a stream, wherever the reads cut it. */
export class FrameCutter {
  #chunks: Buffer[] = [];
  #size = 0;
  // Bytes without which there is nothing to cut: first those of the length, then those of the frame.
  #needed = 4;

  /** Takes what was read; returns the frames that are complete now. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: Frame[] = [];
    while (this.#size >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      const end = 4 + bytes.readUInt32BE(0);
      this.#needed = end;
      this.#chunks = [bytes];
      if (bytes.length < end) break;
      frames.push({
        type: bytes.readUInt8(4),
        id: bytes.readBigUInt64BE(5),
        payload: bytes.subarray(13, end),
      });
      this.#chunks = [bytes.subarray(end)];
      this.#size = bytes.length - end;
      this.#needed = 4;
    }
    return frames;
  }
}
