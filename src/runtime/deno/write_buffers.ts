// Memory for bytes that must stay until they are written, used again and again: an ArrayBuffer of its own for each write
// costs V8 as much as all the rest of a short write does outside the kernel (0.4 to 0.8 µs, and its collection).

/** Bytes of one buffer: what a turn mostly sends, and all but long answers. More than that gets memory of its own. */
const BUFFER_BYTES = 16 * 1024;

/**
 * Buffers there are at the most: as many writes as run at once where operations are paced. Writes that wait for their
 * turn beyond that have memory of their own size: ten thousand answers of 13 bytes must not take 160 MB.
 */
const BUFFERS_MAX = 128;

/** The buffers of one transport. */
export class WriteBuffers {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #taken = 0;

  /** A buffer that holds `bytes` at its beginning; null where they are too many, or too many buffers are taken. */
  take(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
    if (bytes.length > BUFFER_BYTES || this.#taken === BUFFERS_MAX) return null;
    this.#taken++;
    const buffer = this.#free.pop() ?? new Uint8Array(BUFFER_BYTES);
    buffer.set(bytes);
    return buffer;
  }

  /** Takes a buffer back that was written from. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    this.#taken--;
    this.#free.push(buffer);
  }

  /** A buffer that was taken is not given back: a write that was cut off may still read from it. */
  forget(): void {
    this.#taken--;
  }
}
