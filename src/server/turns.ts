// Turns: everything that is sent between the beginning and the end of one goes out at its end, in one write a session;
// only what goes to many at once is spread over several.

import { Ring } from "../base/ring.ts";
import { FLUSHES_PER_TURN_MAX } from "../limits/turn.ts";
import { BOUNDS } from "../limits/server.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";

/** The turns of one server, and the time, which stands still during each. */
export class Turns {
  /** Milliseconds, taken when the turn began. */
  now: number;
  readonly #clock: Clock;
  readonly #flushSession: (session: Session) => void;
  #depth = 0;
  readonly #onFault: (session: Session, error: unknown) => void;
  readonly #onEnd: () => void;
  // Slots are used again: an array that is emptied is allocated anew in the next turn.
  readonly #touched: (Session | null)[] = [];
  #touchedCount = 0;
  // Each session at most once, so the bound on sessions is a bound on this.
  readonly #deferred: Ring<Session> = new Ring(2 * BOUNDS.maxConnections.max);
  #isContinued = false;

  /**
   * @param flush Hands to the connection of a session what is queued for it.
   * @param onFault Hears of a session whose flush threw; the others are flushed all the same.
   * @param onEnd Called last in each turn, when everything that goes out has gone out.
   */
  constructor(
    clock: Clock,
    flush: (session: Session) => void,
    onFault: (session: Session, error: unknown) => void,
    onEnd: () => void = () => {},
  ) {
    this.#clock = clock;
    this.#flushSession = flush;
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
    this.#touched[this.#touchedCount++] = session;
  }

  /** Has `session` flushed behind those who wait for the same, in this turn or a later one. */
  touchLater(session: Session): void {
    if (session.isTouched || session.isDeferred) return;
    session.isDeferred = this.#deferred.push(session);
  }

  // A flush may touch more sessions (an end that is announced to others); the loop takes them too.
  #flush(): void {
    for (let i = 0; i < this.#touchedCount; i++) {
      const session = this.#touched[i]!;
      this.#touched[i] = null;
      session.isTouched = false;
      this.#flushOne(session);
    }
    this.#touchedCount = 0;
    if (this.#deferred.length > 0 && !this.#isContinued) this.#flushDeferred();
    this.#onEnd();
  }

  // A slice of them; the next one once the sockets were looked at again, so that nobody waits for all.
  #flushDeferred(): void {
    for (let left = FLUSHES_PER_TURN_MAX; left > 0 && this.#deferred.length > 0; left--) {
      const session = this.#deferred.shift()!;
      session.isDeferred = false;
      this.#flushOne(session);
    }
    this.#isContinued = this.#deferred.length > 0;
    if (!this.#isContinued) return;
    this.#clock.afterIo(() => {
      this.#isContinued = false;
      this.run(() => {});
    });
  }

  #flushOne(session: Session): void {
    try {
      this.#flushSession(session);
    } catch (error) {
      this.#onFault(session, error);
    }
  }
}
