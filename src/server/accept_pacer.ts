// Admits new sessions at a rate: those over it wait in order, unread, and are refused where the wait would be too long.

import { Ring } from "../base/ring.ts";
import { ADMISSION_WAIT_SECONDS_MAX } from "../limits/refusal.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";

/** Milliseconds between two looks at the queue, at the least. */
const STEP_MS = 20;

/** Seconds of the rate that may be admitted at once after a quiet time. */
const BURST_SECONDS = 0.1;

/** The queue at the door. */
export class AcceptPacer {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #admit: (sessions: Iterable<Session>) => void;
  readonly #waiting: Ring<Session>;
  #tokens: number;
  #filledAt: number;
  #isScheduled = false;

  /** @param admit Takes sessions in, as one turn. */
  constructor(perSecond: number, clock: Clock, admit: (sessions: Iterable<Session>) => void) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#admit = admit;
    this.#waiting = new Ring(perSecond * ADMISSION_WAIT_SECONDS_MAX);
    this.#tokens = this.#tokensMax;
    this.#filledAt = clock.now();
  }

  /** Admits `session`, now or in its turn; false where it would wait too long. */
  offer(session: Session): boolean {
    this.#fill();
    if (this.#waiting.length === 0 && this.#tokens >= 1) {
      this.#tokens--;
      this.#admit([session]);
      return true;
    }
    if (!this.#waiting.push(session)) return false;
    session.connection.pause();
    this.#schedule();
    return true;
  }

  /** Takes everybody out of the queue. */
  *takeAll(): Generator<Session> {
    for (let session = this.#waiting.shift(); session; session = this.#waiting.shift()) {
      if (session.ending === null) yield session;
    }
  }

  get #tokensMax(): number {
    return Math.max(1, this.#perSecond * BURST_SECONDS);
  }

  #fill(): void {
    const now = this.#clock.now();
    const filled = this.#tokens + (now - this.#filledAt) / 1000 * this.#perSecond;
    this.#tokens = Math.min(filled, this.#tokensMax);
    this.#filledAt = now;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    this.#clock.schedule(Math.max(STEP_MS, 1000 / this.#perSecond), () => {
      this.#isScheduled = false;
      this.#fill();
      this.#admit(this.#takeDue());
      this.#schedule();
    });
  }

  // Who left while waiting takes nobody's place.
  *#takeDue(): Generator<Session> {
    while (this.#tokens >= 1 && this.#waiting.length > 0) {
      const session = this.#waiting.shift()!;
      if (session.ending !== null) continue;
      this.#tokens--;
      yield session;
    }
  }
}
