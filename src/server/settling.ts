// The last Requests of sessions that are to be kept: their answers are waited for, but not for ever.

import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import type { Registry } from "./registry.ts";

/** Tells when nothing runs any more. */
export class Settling {
  readonly #busy: Set<Session> = new Set();
  #over: (() => void) | null = null;

  /** Calls `done` once no Request of `sessions` runs, or after `withinMs`; perhaps before it returns. */
  begin(sessions: Registry, clock: Clock, withinMs: number, done: () => void): void {
    sessions.forEach((session) => {
      if (session.requestsRunning > 0) this.#busy.add(session);
    });
    if (this.#busy.size === 0 || withinMs <= 0) return done();
    const cancel = clock.schedule(withinMs, () => this.#over?.());
    this.#over = () => {
      this.#over = null;
      cancel();
      done();
    };
  }

  /** Nothing runs any more for `session`. */
  settled(session: Session): void {
    if (this.#busy.delete(session) && this.#busy.size === 0) this.#over?.();
  }
}
