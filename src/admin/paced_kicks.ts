// Kicks that run at a rate: a storm of clients that come back at once would hurt more than waiting.

import { PACED_KICKS_MAX, PACED_STEP_MS } from "../limits/admin.ts";
import type { Clock } from "../transport/transport.ts";
import { ApiError } from "./errors.ts";

/** What runs now; a bounded number, each a list of ids that grows shorter. */
export class PacedKicks {
  readonly #clock: Clock;
  readonly #running: Set<() => void> = new Set();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many run. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Has `kick` called for each of `ids`, so many a second.
   *
   * @throws {ApiError} If too many run already.
   */
  start(ids: readonly string[], ratePerSecond: number, kick: (id: string) => void): void {
    if (this.#running.size >= PACED_KICKS_MAX) {
      throw new ApiError("throttled", `${PACED_KICKS_MAX} kicks run already, which is the most`);
    }
    const perStep = ratePerSecond * PACED_STEP_MS / 1000;
    let done = 0;
    let due = 0;
    let cancel: () => void;
    const stop = () => {
      cancel();
      this.#running.delete(stop);
    };
    const step = () => {
      cancel = this.#clock.schedule(PACED_STEP_MS, step);
      due = Math.min(due + perStep, ids.length);
      for (; done + 1 <= due; done++) kick(ids[done]!);
      if (done === ids.length) stop();
    };
    cancel = this.#clock.schedule(0, step);
    this.#running.add(stop);
  }

  /** Stops all of them; who was not kicked yet stays. */
  close(): void {
    for (const stop of this.#running) stop();
  }
}
