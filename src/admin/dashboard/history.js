// The last five minutes: what the server said of itself, sample by sample, and the rates between them.

export const WINDOW_MS = 5 * 60_000;

/** Samples are of `/api/v1/server`. What lies further back than the window is forgotten. */
export class History {
  #samples = [];

  add(server, at = Date.now()) {
    this.#samples.push({ at, server });
    while (this.#samples[0].at < at - WINDOW_MS) this.#samples.shift();
  }

  /** A number over time: `[at, value]`. */
  values(read) {
    return this.#samples.map(({ at, server }) => [at, read(server)]);
  }

  /**
   * How fast a counter grew: `[at, so many in perMs]`, each seen over the last overMs, and at least since the sample
   * before. Null across a restart of the server.
   */
  rates(read, { perMs, overMs }) {
    return this.#samples.slice(1).map(({ at, server }, i) => {
      const first = this.#samples.findIndex((sample) => sample.at >= at - overMs);
      const before = this.#samples[Math.min(first, i)];
      if (server.uptimeMs < before.server.uptimeMs) return [at, null];
      return [at, perMs * (read(server) - read(before.server)) / (at - before.at)];
    });
  }
}
