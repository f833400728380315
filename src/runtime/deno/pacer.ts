// Starts socket operations at a pace that keeps Deno fair; the one reason why many hot connections are served evenly.
//
// Deno polls all pending operations inside one tokio task, whose cooperative budget is 128 operations a poll. What is
// ready beyond that is bounced, and a bounced operation is woken after the fresh events of the next look at epoll: so
// whoever was just served and answered goes first again. From about 1 000 hot connections on a set of exactly 128 was
// served over and over (p50 1 to 9 ms), while the others waited for seconds. With never more than about 100 operations
// ready at once nothing is bounced, and the queue below is the order of service.

import { assert } from "../../base/assert.ts";
import { Ring } from "../../base/ring.ts";
import type { Sentinel } from "./sentinel.ts";

/** Connections up to which operations start at once: fewer than the budget cannot overrun it. */
const CONNECTIONS_UNPACED = 64;

/** Operations started between two looks at the sockets; below tokio's budget of 128, with room for accepts. */
const OPERATIONS_PER_TURN = 80;

/** Past what the descriptors of one process allow; each connection waits at most once. */
const CONNECTIONS_MAX = 2 ** 21;

/** Somebody who waits to start operations. */
export interface Paced {
  /** Starts what is waiting; returns how many operations that were. */
  startOperations(): number;
}

/** The queue of those who wait. */
export class Pacer {
  /** Open connections; kept by the transport. */
  connections = 0;
  readonly #sentinel: Pick<Sentinel, "afterIo">;
  readonly #onTurn = () => this.#serve();
  readonly #waiting: Ring<Paced> = new Ring(CONNECTIONS_MAX);
  #isWaiting = false;
  #left = OPERATIONS_PER_TURN;

  constructor(sentinel: Pick<Sentinel, "afterIo">) {
    this.#sentinel = sentinel;
  }

  /** Whether one operation may start now; if not, `paced` is called when its turn comes. Not while it waits already. */
  mayStart(paced: Paced): boolean {
    if (this.connections <= CONNECTIONS_UNPACED && this.#waiting.length === 0) return true;
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#left = OPERATIONS_PER_TURN;
      this.#sentinel.afterIo(this.#onTurn);
    }
    if (this.#left > 0) {
      this.#left--;
      return true;
    }
    const queued = this.#waiting.push(paced);
    assert(queued, "a connection waits once");
    return false;
  }

  #serve(): void {
    this.#left = OPERATIONS_PER_TURN;
    while (this.#left > 0 && this.#waiting.length > 0) {
      this.#left -= this.#waiting.shift()!.startOperations();
    }
    this.#isWaiting = this.#left < OPERATIONS_PER_TURN;
    if (this.#isWaiting) this.#sentinel.afterIo(this.#onTurn);
  }
}
