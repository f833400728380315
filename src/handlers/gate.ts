// At most so many at once, in order, with a bounded line before it.

import type { Clock } from "../transport/transport.ts";

/** What a gate lets through, and how long its line is. */
export interface GateOptions {
  readonly clock: Clock;
  readonly atOnceMax: number;
  readonly waitingMax: number;
  /** Milliseconds somebody waits at most. */
  readonly waitMsMax: number;
}

/** A gate: `enter()`, then `leave()`. */
export class Gate {
  readonly #options: GateOptions;
  readonly #line: Set<() => void> = new Set();
  #inside = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Resolves with true once inside; with false where the line is full, moves too slowly, or `signal` is aborted. */
  enter(signal?: AbortSignal): Promise<boolean> {
    const { clock, atOnceMax, waitingMax, waitMsMax } = this.#options;
    if (signal?.aborted) return Promise.resolve(false);
    if (this.#inside < atOnceMax) {
      this.#inside++;
      return Promise.resolve(true);
    }
    if (this.#line.size >= waitingMax) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isIn: boolean) => {
        this.#line.delete(letIn);
        cancelTimer();
        signal?.removeEventListener("abort", giveUp);
        resolve(isIn);
      };
      const letIn = () => settle(true);
      const giveUp = () => settle(false);
      const cancelTimer = clock.schedule(waitMsMax, giveUp);
      signal?.addEventListener("abort", giveUp);
      this.#line.add(letIn);
    });
  }

  /** Gives the place to whoever waited longest. */
  leave(): void {
    const [next] = this.#line;
    if (next === undefined) this.#inside--;
    else next();
  }
}
