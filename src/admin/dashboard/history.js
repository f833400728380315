// The last five minutes: what the server said of itself, sample by sample, and the rates between them.

export const WINDOW_MS = 5 * 60_000;

/** Samples are of `/api/v1/server`. What lies further back than the window is forgotten. */
export class History {
  #samples = [];

  add(server) {
    this.#samples.push({ at: Date.now(), server });
    const oldest = Date.now() - WINDOW_MS;
    while (this.#samples[0].at < oldest) this.#samples.shift();
  }

  /** A number over time: `[at, value]`. */
  values(read) {
    return this.#samples.map(({ at, server }) => [at, read(server)]);
  }

  /** How fast a counter grew: `[at, per second]`, null across a restart of the server. */
  rates(read) {
    return this.#samples.slice(1).map(({ at, server }, i) => {
      const before = this.#samples[i];
      if (server.uptimeMs < before.server.uptimeMs) return [at, null];
      return [at, 1000 * (read(server) - read(before.server)) / (at - before.at)];
    });
  }
}
