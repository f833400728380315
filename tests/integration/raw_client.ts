// A client for tests: sends bytes, right or wrong, and tells frame by frame what came back and how the connection ended.

import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Frame, FrameCutter, handshake, HANDSHAKE_ACK } from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { Watched } from "./watched.ts";

/** How the server ended the connection: in good order (FIN), or torn down (RST). */
export type End = "fin" | "reset";

export class RawClient {
  readonly #socket: Socket;
  readonly #watched = new Watched();
  readonly #cutter = new FrameCutter();
  readonly #frames: Frame[] = [];
  #end: End | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("end", () => this.#ended("fin"));
    // What a torn connection still had to say differs: ECONNRESET when reading, EPIPE when writing.
    socket.on("error", () => this.#ended("reset"));
  }

  /** Begins to read. A client that never does is a slow consumer. */
  read(): void {
    this.#socket.on("data", (chunk: Buffer) => {
      this.#frames.push(...this.#cutter.push(chunk));
      this.#watched.changed();
    });
  }

  send(...parts: Uint8Array[]): void {
    for (const part of parts) this.#socket.write(part);
  }

  /** Sends, and waits until the system took the bytes. */
  async sendOut(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  /** Sends FIN; reading goes on. */
  finish(): void {
    this.#socket.end();
  }

  /** Tears the connection down with RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The next frame. */
  next(): Promise<Frame> {
    return this.#watched.until("a frame", () => {
      const frame = this.#frames.shift();
      if (frame === undefined && this.#end !== undefined) {
        throw new Error(`The connection ended (${this.#end}) before the next frame`);
      }
      return frame;
    });
  }

  /** The next `count` frames. */
  async take(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Waits for the end of the connection: the frames nobody took, and how it ended. */
  async rest(): Promise<{ frames: Frame[]; end: End }> {
    const end = await this.#watched.until("the end of the connection", () => this.#end);
    return { frames: this.#frames.splice(0), end };
  }

  /** Sends an empty Handshake, or one that says something, and waits for the answer. */
  async shakeHands(says?: Readonly<Record<string, unknown>>): Promise<Frame> {
    this.send(handshake(says));
    const ack = await this.next();
    if (ack.type !== HANDSHAKE_ACK) throw new Error(`Not a HandshakeAck: ${ack.payload}`);
    return ack;
  }

  #ended(end: End): void {
    this.#end ??= end;
    this.#watched.changed();
  }
}

/** A client that reads. */
export async function connectClient(t: Cleanup, port: number): Promise<RawClient> {
  const client = await connectSilent(t, port);
  client.read();
  return client;
}

/** A client that does not read until it is told to. */
export async function connectSilent(t: Cleanup, port: number): Promise<RawClient> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  t.after(() => void socket.destroy());
  await once(socket, "connect");
  return new RawClient(socket);
}
