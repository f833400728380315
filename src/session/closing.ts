// What the socket of an ended session still does: flush, FIN, linger, gone.

import { LINGER_BYTES_MAX, LINGER_MS } from "../limits/lingering.ts";
import type { Connection } from "../transport/transport.ts";
import type { Outbound } from "./outbound.ts";

/**
 * The last minutes of a socket. It first flushes (waiting for running requests, where that was promised), then sends
 * FIN, then lingers: it reads only to discard, because a socket closed with unread input is reset, and a reset destroys
 * the last Error on its way to the peer.
 */
export class Closing {
  /** When the socket is closed, come what may. */
  deadlineAt: number;
  /** Whether input is thrown away unread. */
  discards: boolean;
  readonly #connection: Connection;
  readonly #outbound: Outbound;
  readonly #awaitsRequests: boolean;
  #finSent = false;
  #discardedBytes = 0;

  /** @param awaitsRequests Whether requests that run may still be answered, and what comes in is still read. */
  constructor(
    connection: Connection,
    outbound: Outbound,
    awaitsRequests: boolean,
    deadlineAt: number,
  ) {
    this.#connection = connection;
    this.#outbound = outbound;
    this.#awaitsRequests = awaitsRequests;
    this.discards = !awaitsRequests;
    this.deadlineAt = deadlineAt;
  }

  /** Sends FIN once nothing is left to be sent. Returns whether that happened now. */
  advance(requestsRunning: number, now: number): boolean {
    if (this.#finSent || !this.#outbound.isEmpty) return false;
    if (this.#awaitsRequests && requestsRunning > 0) return false;
    this.#finSent = true;
    this.discards = true;
    this.deadlineAt = Math.min(this.deadlineAt, now) + LINGER_MS;
    this.#connection.end();
    return true;
  }

  /** Throws away what came in; a peer that keeps sending is cut off. */
  discard(byteCount: number): void {
    this.#discardedBytes += byteCount;
    if (this.#discardedBytes > LINGER_BYTES_MAX) this.#connection.terminate();
  }
}
