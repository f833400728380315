// A standard stream that does not hold up the program: what its reader does not take waits, within a bound.

import { encodeText } from "../base/text.ts";

/** Bytes that wait for a reader that stands still (a pager, a log driver that hangs); lines beyond are dropped. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** Milliseconds between two tries to write to a pipe that is full and does not block. */
const RETRY_MS = 50;

/** Milliseconds the end of the program waits for the reader. */
const FLUSH_MS_MAX = 1000;

/**
 * Writes some of `bytes`, tells how many. Must not hold up the event loop: a full pipe may block whoever writes to it.
 * Rejects with the code `EAGAIN` where the pipe is full and does not block.
 */
export type Write = (bytes: Uint8Array) => Promise<number>;

/** A stream of text. */
export class Output {
  readonly #write: Write;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #isWriting = false;
  #onEmpty: (() => void) | null = null;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Writes `text` as soon as the reader takes it; false, and it is dropped, where too much waits already. */
  write(text: string): boolean {
    if (this.#waitingBytes + text.length > WAITING_BYTES_MAX) return false;
    this.#waiting.push(text);
    this.#waitingBytes += text.length;
    if (!this.#isWriting) this.#writeWaiting();
    return true;
  }

  /** Resolves when everything is written, or the reader had its last, bounded time for it. */
  flush(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      setTimeout(resolve, FLUSH_MS_MAX);
    });
  }

  // Everything that waits goes out in one write.
  #writeWaiting(): void {
    this.#isWriting = this.#waiting.length > 0;
    if (!this.#isWriting) return this.#onEmpty?.();
    const bytes = encodeText(this.#waiting.join(""));
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writeBytes(bytes);
  }

  async #writeBytes(bytes: Uint8Array): Promise<void> {
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(await this.#write(bytes));
      } catch (error) {
        // Any other error: the reader is gone, and takes everything.
        if ((error as { code?: string }).code !== "EAGAIN") break;
        await new Promise((resume) => setTimeout(resume, RETRY_MS));
      }
    }
    this.#writeWaiting();
  }
}
