// When to ask a silent peer whether it is there, and when to give it up. Decides; sends nothing.

import {
  HEARTBEAT_STEP_FACTOR,
  HEARTBEAT_STEP_PONGS,
  PONG_LATE_MS_MIN,
} from "../limits/heartbeat.ts";
import type { Policies } from "../limits/policies.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { Counters } from "../observe/counters.ts";
import { RoundTrip } from "./round_trip.ts";

/** What all heartbeats of a server share. */
interface Shared {
  readonly limits: ServerLimits;
  readonly policies: Policies;
  readonly counters: Counters;
}

/**
 * The heartbeat of one session. Only received bytes count as life; sent bytes never do.
 *
 * The interval starts at its base. Where it adapts, it grows a step with every few Pongs in time, and is back at the
 * base with the first one that is late or missing.
 */
export class Heartbeat {
  /** When the last byte came in. */
  heardAt: number;
  /** Pings sent; also the request id of the last one. */
  pings = 0;
  /** Pings that were answered late or not at all. */
  missed = 0;
  /** Null until the first Pong. */
  roundTrip: RoundTrip | null = null;
  /** The base of the interval: the server's, or what the client asked for within bounds. */
  baseMs: number;
  /** Silence after which a Ping is sent, before jitter. */
  intervalMs: number;
  /** Silence after which the session is stale. */
  timeoutMs: number;

  readonly #shared: Shared;
  // From 0 to 1: what the interval is multiplied with, so that sessions do not ping in step.
  readonly #jitter: number;
  #pingedAt: number;
  #awaitsPong = false;
  #pongsInTime = 0;

  constructor(shared: Shared, now: number, jitter: number) {
    this.#shared = shared;
    this.#jitter = jitter;
    this.heardAt = now;
    this.#pingedAt = now;
    this.baseMs = shared.limits.heartbeatIntervalMs;
    this.intervalMs = this.baseMs;
    this.timeoutMs = this.#timeoutFor(this.baseMs);
  }

  /** Takes the interval the client would like, within the server's bounds. */
  negotiate(wishMs: number): void {
    const { heartbeatIntervalMinMs, heartbeatIntervalMaxMs } = this.#shared.limits;
    this.baseMs = Math.min(Math.max(wishMs, heartbeatIntervalMinMs), heartbeatIntervalMaxMs);
    this.intervalMs = this.baseMs;
    this.timeoutMs = this.#timeoutFor(this.baseMs);
  }

  /** What the silence up to `now` asks for; after `ping` the caller sends one. */
  due(now: number): "ping" | "stale" | "nothing" {
    if (now >= this.#staleAt()) return "stale";
    if (now < this.#pingAt()) return "nothing";
    if (this.#awaitsPong) this.#miss();
    this.#awaitsPong = true;
    this.#pingedAt = now;
    this.pings++;
    return "ping";
  }

  /** A Pong with the request id `id` came in. Returns whether it was waited for; if not, it says nothing. */
  pong(id: number, now: number): boolean {
    if (!this.#awaitsPong || id !== this.pings) return false;
    this.#awaitsPong = false;
    const sample = now - this.#pingedAt;
    this.#shared.counters.latencies.heartbeat.observe(sample);
    const late = sample > Math.max(PONG_LATE_MS_MIN, this.roundTrip?.expectedMax ?? sample);
    if (this.roundTrip === null) this.roundTrip = new RoundTrip(sample);
    else this.roundTrip.add(sample);
    if (late) this.#miss();
    else this.#grow();
    this.timeoutMs = this.#timeoutFor(this.intervalMs);
    return true;
  }

  /** When `due()` has to be asked again. */
  nextAt(): number {
    return Math.min(this.#pingAt(), this.#staleAt());
  }

  // A silent peer is asked after its interval; a busy one once per longest interval, for its round-trip time.
  #pingAt(): number {
    const silence = this.#awaitsPong ? this.baseMs : this.intervalMs;
    const busy = this.#shared.limits.heartbeatIntervalMaxMs;
    return Math.min(
      Math.max(this.heardAt, this.#pingedAt) + silence * this.#jitter,
      this.#pingedAt + busy * this.#jitter,
    );
  }

  #staleAt(): number {
    return this.heardAt + this.timeoutMs;
  }

  // The time-out stays until the next Pong: a silence that has begun is not cut short.
  #miss(): void {
    this.missed++;
    this.#shared.counters.heartbeatsMissed++;
    this.#pongsInTime = 0;
    this.intervalMs = this.baseMs;
  }

  #grow(): void {
    if (!this.#shared.policies.heartbeatAdaptive) return;
    if (++this.#pongsInTime < HEARTBEAT_STEP_PONGS) return;
    this.#pongsInTime = 0;
    const { heartbeatIntervalMaxMs } = this.#shared.limits;
    this.intervalMs = Math.min(this.intervalMs * HEARTBEAT_STEP_FACTOR, heartbeatIntervalMaxMs);
  }

  // Three intervals, so that one lost answer ends nothing.
  #timeoutFor(intervalMs: number): number {
    return Math.min(this.#shared.limits.sessionTimeoutMs, 3 * intervalMs);
  }
}
