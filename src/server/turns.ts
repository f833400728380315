// Turns: everything that is sent between the beginning and the end of one goes out at its end, in one write a session.

import type { Clock } from "../transport/transport.ts";
import type { Session } from "../session/session.ts";

/** The turns of one server, and the time, which stands still during each. */
export class Turns {
  /** Milliseconds, taken when the turn began. */
  now: number;
  readonly #clock: Clock;
  #depth = 0;
  readonly #onFault: (session: Session, error: unknown) => void;
  readonly #onEnd: () => void;
  #touched: Session[] = [];

  /**
   * @param onFault Hears of a session whose flush threw; the others are flushed all the same.
   * @param onEnd Called last in each turn, when everything that goes out has gone out.
   */
  constructor(
    clock: Clock,
    onFault: (session: Session, error: unknown) => void,
    onEnd: () => void = () => {},
  ) {
    this.#clock = clock;
    this.#onFault = onFault;
    this.#onEnd = onEnd;
    this.now = clock.now();
  }

  /** Begins a turn; inside of one this only counts. */
  enter(): void {
    if (this.#depth++ === 0) this.now = this.#clock.now();
  }

  /** Ends it, and flushes every session that was touched. */
  leave(): void {
    // Still inside the turn: what a flush causes belongs to it.
    if (this.#depth === 1) this.#flush();
    this.#depth--;
  }

  /** Runs `work` as one turn. */
  run(work: () => void): void {
    this.enter();
    try {
      work();
    } finally {
      this.leave();
    }
  }

  touch(session: Session): void {
    if (session.isTouched) return;
    session.isTouched = true;
    this.#touched.push(session);
  }

  // A flush may touch more sessions (an end that is announced to others); the loop takes them too.
  #flush(): void {
    for (let i = 0; i < this.#touched.length; i++) {
      const session = this.#touched[i]!;
      session.isTouched = false;
      try {
        session.flush();
      } catch (error) {
        this.#onFault(session, error);
      }
    }
    this.#touched.length = 0;
    this.#onEnd();
  }
}
