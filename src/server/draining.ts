// The end of a server, from the moment it drains until nothing is left to wait for.

/** Where it stands. */
export class Draining {
  /** Set by whoever joins this node to others: called when its last socket is gone, before its sessions are kept. */
  whenQuiet: (goOn: () => void) => void = (goOn) => goOn();
  #drained: (() => void) | null = null;
  #isQuiet = false;

  get isBegun(): boolean {
    return this.#drained !== null;
  }

  /** Calls `drained` in the end, in the place of whom it was to call before. Returns whether it begins only now. */
  begin(drained: () => void): boolean {
    const begins = this.#drained === null;
    this.#drained = drained;
    return begins;
  }

  /** Has `close` called once, when it has begun and no socket is open any more; what that is given ends it all. */
  check(openSockets: number, close: (over: () => void) => void): void {
    if (this.#drained === null || this.#isQuiet || openSockets > 0) return;
    this.#isQuiet = true;
    this.whenQuiet(() => close(() => this.#drained!()));
  }
}
