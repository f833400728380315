// What a load has counted so far.

import type { Frame } from "../../codec/frame.ts";
import { decodeEnd } from "../../codec/end_payload.ts";
import { BenchHistogram } from "./histogram.ts";

/** Counters of one run. */
export class Tally {
  latencies: BenchHistogram = new BenchHistogram();
  /** How often what went wrong, by the name of its code: a closed list. */
  readonly errors: Map<string, number> = new Map();
  messages = 0;
  opened = 0;
  failed = 0;
  lost = 0;

  /** Forgets how quick it was; what went wrong stays. */
  restart(): void {
    this.latencies = new BenchHistogram();
    this.messages = 0;
  }

  /** Counts something that went wrong. */
  addError(name: string): void {
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1);
  }

  /** Counts the Error that `frame` is. */
  addErrorFrame(frame: Frame): void {
    this.addError(decodeEnd(frame.payload)?.name ?? "bad_payload");
  }

  get errorCount(): number {
    let sum = 0;
    for (const count of this.errors.values()) sum += count;
    return sum;
  }
}
