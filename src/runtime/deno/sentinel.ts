// Tells when Deno's event loop has looked at the sockets again, by a socket pair of our own.
//
// Deno offers no such moment: with work pending it looks at epoll only every 61 scheduler ticks (59 `setImmediate`
// callbacks were counted between two looks), and `setTimeout(0)` costs about 2 ms. So a byte is written to one end of
// a loopback connection; when it can be read at the other end, every socket that was ready before it was seen too.

/**
 * Bytes a read asks for, of which one comes. It must be more than one: after a read that filled its buffer tokio takes
 * the socket for still readable and tries it again at once, without a look at epoll, and would find the next byte.
 */
const ROOM = 16;

/** Milliseconds for which a timer stands in where there is no socket pair. */
const RETRY_MS = 2;

/** Calls back after the next look at the sockets. Holds two sockets from its first use on, and no timer. */
export class Sentinel {
  #callbacks: (() => void)[] = [];
  #pair: [Deno.Conn, Deno.Conn] | null = null;
  #isAsking = false;

  /** Calls `callback` once the sockets have been looked at again. */
  afterIo(callback: () => void): void {
    this.#callbacks.push(callback);
    if (!this.#isAsking) this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const byte = new Uint8Array(1);
    const room = new Uint8Array(ROOM);
    while (this.#callbacks.length > 0) {
      try {
        const [near, far] = this.#pair ??= await openPair();
        near.write(byte);
        await far.read(room);
      } catch {
        // Out of descriptors, or loopback is not permitted: a timer does, slower and less fair, until a pair can be had.
        await new Promise((resume) => setTimeout(resume, RETRY_MS));
      }
      const callbacks = this.#callbacks;
      this.#callbacks = [];
      for (const callback of callbacks) callback();
    }
    this.#isAsking = false;
  }
}

async function openPair(): Promise<[Deno.Conn, Deno.Conn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const near = await Deno.connect({ hostname, port });
  near.setNoDelay();
  return [near, await listener.accept()];
}
