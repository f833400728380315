// How many sockets are open, those of ended sessions included: what the end of a drain waits for.

import { LINGERING_MAX } from "../limits/lingering.ts";
import type { Session } from "../session/session.ts";

/** The count, and the bound on sockets that linger. */
export class Sockets {
  #open = 0;
  #lingering = 0;

  /** Sockets that are open. */
  get open(): number {
    return this.#open;
  }

  add(): void {
    this.#open++;
  }

  /** The socket of `session` is gone. */
  remove(session: Session): void {
    this.#open--;
    if (session.isLingering) this.#lingering--;
  }

  /** Whether one more may linger. Taken back when it is removed. */
  mayLinger(): boolean {
    if (this.#lingering >= LINGERING_MAX) return false;
    this.#lingering++;
    return true;
  }
}
