// A circuit breaker: after enough failures in a row nobody is sent to a service that is down, but one call at a time
// that finds out whether it is back.

import { BREAKER_FAILURES, BREAKER_REST_MS } from "../limits/handlers.ts";
import type { Clock } from "../transport/transport.ts";

/** Whose failures count: an ordinary call's, or that of the one that finds out. */
export type Permit = "call" | "probe";

/** One service. */
export class Breaker {
  readonly #clock: Pick<Clock, "now">;
  readonly #onChange: (isOpen: boolean) => void;
  #failures = 0;
  #isOpen = false;
  #restsUntil = 0;
  #isProbing = false;

  /** @param onChange Hears that the service is taken to be down (open), and that it is back. */
  constructor(clock: Pick<Clock, "now">, onChange: (isOpen: boolean) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Whether a call would be turned away now. */
  get isShut(): boolean {
    return this.#isOpen && (this.#isProbing || this.#clock.now() < this.#restsUntil);
  }

  /** A permit, to be given back with how it went; undefined where the call is turned away. */
  admit(): Permit | undefined {
    if (this.isShut) return undefined;
    if (!this.#isOpen) return "call";
    this.#isProbing = true;
    return "probe";
  }

  /** @param went `unknown`: given up before the service could answer. */
  report(permit: Permit, went: "well" | "badly" | "unknown"): void {
    if (permit === "probe") this.#isProbing = false;
    if (went === "well") this.#close();
    else if (went === "badly") this.#fail();
  }

  #close(): void {
    this.#failures = 0;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onChange(false);
  }

  #fail(): void {
    if (++this.#failures < BREAKER_FAILURES) return;
    this.#restsUntil = this.#clock.now() + BREAKER_REST_MS;
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#onChange(true);
  }
}
