// Something that changes, and tests that wait until it looks right: no test sleeps or asks again and again.

/** When a wait gives up. Nothing takes as long as this when all is well; bare `bun test` gives a test 5 s. */
const GUARD_MS = 10_000;

export class Watched {
  readonly #waiting = new Set<() => void>();

  /** To be called after each change. */
  changed(): void {
    for (const look of this.#waiting) look();
  }

  /**
   * Waits until `look` finds something.
   *
   * @throws {Error} If that takes too long, or if `look` throws because it never will.
   */
  until<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const guard = setTimeout(() => {
        this.#waiting.delete(attempt);
        reject(new Error(`Waited ${GUARD_MS} ms for ${what}`));
      }, GUARD_MS);
      const attempt = () => {
        try {
          const found = look();
          if (found === undefined) return;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        clearTimeout(guard);
        this.#waiting.delete(attempt);
      };
      this.#waiting.add(attempt);
      attempt();
    });
  }
}
