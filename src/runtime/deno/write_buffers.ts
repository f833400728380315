// Memory for bytes that must stay until they are written, used again and again: an ArrayBuffer of its own for each write
// costs V8 as much as all the rest of a short write does outside the kernel (0.4 to 0.8 µs, and its collection).

/** Bytes of one buffer: what a turn mostly sends. More than that gets memory of its own. */
const BUFFER_BYTES = 4096;

/** Buffers that are kept: as many writes as are under way at once where operations are paced. */
const KEPT_MAX = 128;

/** The buffers that nobody writes from. */
export class WriteBuffers {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer that holds `bytes` at its beginning; null where they are too many. */
  take(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
    if (bytes.length > BUFFER_BYTES) return null;
    const buffer = this.#free.pop() ?? new Uint8Array(BUFFER_BYTES);
    buffer.set(bytes);
    return buffer;
  }

  /** Takes a buffer back that was written from. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < KEPT_MAX) this.#free.push(buffer);
  }
}
