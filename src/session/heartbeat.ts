// When to ask a silent peer whether it is there, and when to give it up. Decides; sends nothing.

import type { ServerLimits } from "../limits/server.ts";

/** Milliseconds of silence after which a session is stale: three heartbeats, and never more than the time-out. */
export function staleAfterMs(limits: ServerLimits): number {
  return Math.min(limits.sessionTimeoutMs, 3 * limits.heartbeatIntervalMs);
}

/** The heartbeat of one session. Only received bytes count as life; sent bytes never do. */
export class Heartbeat {
  /** When the last byte came in. */
  heardAt: number;
  /** Pings sent; also the request id of the last one. */
  pings = 0;
  readonly #limits: ServerLimits;
  #pingedAt = -Infinity;

  constructor(limits: ServerLimits, now: number) {
    this.#limits = limits;
    this.heardAt = now;
  }

  /** What the silence up to `now` asks for; after `ping` the caller sends one. */
  due(now: number): "ping" | "stale" | "nothing" {
    if (now >= this.#staleAt()) return "stale";
    if (now < this.#pingAt()) return "nothing";
    this.#pingedAt = now;
    this.pings++;
    return "ping";
  }

  /** When `due()` has to be asked again. */
  nextAt(): number {
    return Math.min(this.#pingAt(), this.#staleAt());
  }

  #pingAt(): number {
    return Math.max(this.heardAt, this.#pingedAt) + this.#limits.heartbeatIntervalMs;
  }

  #staleAt(): number {
    return this.heardAt + staleAfterMs(this.#limits);
  }
}
