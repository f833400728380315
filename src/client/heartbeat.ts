// Whether a silent server is asked, or given up. Decides; sends nothing.

import { SILENCE_SHARE } from "../limits/client.ts";

/** The heartbeat of one connection. Only received bytes count as life; sent bytes never do. */
export class Heartbeat {
  readonly #timeoutMs: number;
  #heardAt: number;
  #hasAsked = false;

  /** @param timeoutMs Silence after which the connection is dead, as told in the HandshakeAck. */
  constructor(timeoutMs: number, now: number) {
    this.#timeoutMs = timeoutMs;
    this.#heardAt = now;
  }

  /** Bytes came in. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#hasAsked = false;
  }

  /** What the silence up to `now` asks for; after `ping` the caller sends one. */
  due(now: number): "ping" | "dead" | "nothing" {
    if (now >= this.#heardAt + this.#timeoutMs) return "dead";
    if (this.#hasAsked || now < this.#askAt) return "nothing";
    this.#hasAsked = true;
    return "ping";
  }

  /** When `due()` has to be asked again. */
  get nextAt(): number {
    return this.#hasAsked ? this.#heardAt + this.#timeoutMs : this.#askAt;
  }

  get #askAt(): number {
    return this.#heardAt + this.#timeoutMs * SILENCE_SHARE;
  }
}
