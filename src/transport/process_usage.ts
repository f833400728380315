// What a process uses of its machine, as the platform tells it.

export interface ProcessUsage {
  /** CPU time since the start. */
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  readonly residentBytes: number;
  /** The part of it that scripts use. */
  readonly heapBytes: number;
  /** Null where the platform does not tell. */
  readonly openDescriptors: number | null;
  readonly maxDescriptors: number | null;
}
