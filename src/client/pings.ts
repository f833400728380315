// Pings and the times their Pongs take.

import { PINGS_MAX } from "../limits/client.ts";
import { refusal, type RequestError } from "./errors.ts";

interface Asked {
  readonly at: number;
  readonly resolve: (roundTripMs: number) => void;
  readonly reject: (error: RequestError) => void;
}

/** Who waits for a Pong. */
export class Pings {
  readonly #asked = new Map<number, Asked>();
  /** The request id of the last Ping; ids of Pings and of Requests are apart. */
  lastId = 0;

  /** The request id of the next Ping. */
  nextId(): number {
    return this.lastId = (this.lastId + 1) >>> 0;
  }

  /** Has one of the two called when the Pong with `id` comes, or the connection is lost. */
  expect(id: number, asked: Asked): void {
    if (this.#asked.size >= PINGS_MAX) {
      return asked.reject(refusal("too_many_in_flight", `${PINGS_MAX} Pings already wait`));
    }
    this.#asked.set(id, asked);
  }

  /** A Pong came in; one that nobody waits for says nothing. */
  answered(id: number, now: number): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    asked?.resolve(now - asked.at);
  }

  /** No Pong comes any more. */
  rejectAll(error: RequestError): void {
    const all = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of all) reject(error);
  }
}
