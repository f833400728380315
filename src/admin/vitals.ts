// How the program itself is doing: budgets, headroom, the lag of the event loop, and what the platform says of us.

import { LAG_SAMPLE_MS, LAG_SAMPLES, READY_BUDGET_SHARE } from "../limits/admin.ts";
import type { Server } from "../server/server.ts";
import type { ProcessUsage } from "../transport/process_usage.ts";
import type { Clock } from "../transport/transport.ts";
import { seldom } from "./seldom.ts";

/** What it looks at. */
export interface VitalsOptions {
  readonly server: Server;
  readonly clock: Clock;
  /** Bytes of memory the process may use. */
  readonly memoryBytes: number;
  readonly usage: () => ProcessUsage;
  /** Sessions that count against `max_connections`, of all workers together. */
  readonly taken: () => number;
}

/** Looks at the event loop from `start()` to `stop()`; everything else is looked at when somebody asks. */
export class Vitals {
  readonly startedAt: number;
  /** What the platform says of the process, at most a second old. */
  readonly usage: () => ProcessUsage;
  readonly #memoryBytes: number;
  readonly #taken: () => number;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #lags: number[] = [];
  #stopSampling: (() => void) | null = null;

  constructor({ server, clock, memoryBytes, usage, taken }: VitalsOptions) {
    this.#server = server;
    this.#clock = clock;
    this.usage = seldom(clock, usage);
    this.#taken = taken;
    this.startedAt = clock.now();
    this.#memoryBytes = memoryBytes;
  }

  get outboundBudgetBytes(): number {
    return this.#memoryBytes * this.#server.limits.outboundBudgetPercent / 100;
  }

  get inboundBudgetBytes(): number {
    return this.#memoryBytes * this.#server.limits.inboundBudgetPercent / 100;
  }

  /** Begins to measure how late the event loop is. */
  start(): void {
    const before = this.#clock.now();
    this.#stopSampling = this.#clock.schedule(LAG_SAMPLE_MS, () => {
      const lateMs = this.#clock.now() - before - LAG_SAMPLE_MS;
      this.#lags.push(Math.max(0, Math.round(100 * lateMs) / 100));
      if (this.#lags.length > LAG_SAMPLES) this.#lags.shift();
      this.start();
    });
  }

  stop(): void {
    this.#stopSampling?.();
    this.#stopSampling = null;
  }

  /** The longest that a timer was late within the last 15 s, in milliseconds. */
  get lagMs(): number {
    return Math.max(0, ...this.#lags);
  }

  /** How many more sessions fit: into `max_connections`, and into the descriptors that are left. */
  get headroom(): number {
    const { limits } = this.#server;
    const { openDescriptors, maxDescriptors } = this.usage();
    const descriptors = openDescriptors === null || maxDescriptors === null
      ? Infinity
      : maxDescriptors - openDescriptors;
    return Math.max(0, Math.min(limits.maxConnections - this.#taken(), descriptors));
  }

  /** The budgets that are nearly used up. */
  get overBudget(): ("outbound" | "inbound")[] {
    const { held } = this.#server;
    const over: ("outbound" | "inbound")[] = [];
    if (held.outbound > READY_BUDGET_SHARE * this.outboundBudgetBytes) over.push("outbound");
    if (held.inbound > READY_BUDGET_SHARE * this.inboundBudgetBytes) over.push("inbound");
    return over;
  }
}
