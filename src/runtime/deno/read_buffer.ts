// The memory one connection reads into: small while it is quiet, large while it streams.

/** Sizes in bytes. A pending read keeps its buffer, so the first is what every idle connection costs. */
const SIZES = [512, 4096, 65536] as const;

/** Reads in a row that would have fitted the next smaller size before the buffer shrinks to it. */
const SMALL_READS_MAX = 8;

/** Buffers of each size but the first that are kept for the next one who needs one: 4.3 MiB of them at most. */
const FREE_MAX = 64;

/**
 * The buffers of one transport that nobody reads into, used again and again. Whoever receives frames that do not fit one
 * read needs a larger buffer for each, and memory that is new and zeroed costs more than all the rest of such a message.
 */
export class ReadBuffers {
  readonly #free: readonly Uint8Array<ArrayBuffer>[][] = SIZES.map(() => []);

  /** One of the size with this index. */
  take(size: number): Uint8Array<ArrayBuffer> {
    return this.#free[size]!.pop() ?? new Uint8Array(SIZES[size]!);
  }

  /** Takes one back that nobody reads into any more. */
  give(size: number, buffer: Uint8Array<ArrayBuffer>): void {
    if (size > 0 && this.#free[size]!.length < FREE_MAX) this.#free[size]!.push(buffer);
  }
}

/** A buffer that follows what its connection receives. Its bytes are valid until the next read begins. */
export class ReadBuffer {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SIZES[0]);
  readonly #buffers: ReadBuffers;
  #size = 0;
  #smallReads = 0;

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
  }

  /** Chooses the size for the next read, after one that brought `received` bytes. */
  adapt(received: number): void {
    if (received === this.bytes.length) {
      this.#smallReads = 0;
      if (this.#size < SIZES.length - 1) this.#resize(this.#size + 1);
    } else if (this.#size > 0 && (this.#size === 2 || received <= SIZES[this.#size - 1]!)) {
      // The largest is let go at once: ten thousand connections that sent one large frame each would hold 640 MB.
      this.#smallReads++;
      if (this.#size === 2 || this.#smallReads === SMALL_READS_MAX) this.#resize(this.#size - 1);
    } else {
      this.#smallReads = 0;
    }
  }

  #resize(size: number): void {
    this.#buffers.give(this.#size, this.bytes);
    this.#size = size;
    this.#smallReads = 0;
    this.bytes = this.#buffers.take(size);
  }
}
