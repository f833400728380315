// Durations counted into buckets: plain numbers, nothing allocated per observation, read when somebody asks.

/** Upper bounds of the buckets in seconds: from what a local network takes to what nobody waits for. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long something took, over all times it happened. */
export class Histogram {
  /** Upper bounds of the buckets, in seconds; what is longer than the last one has a bucket of its own. */
  readonly bounds: readonly number[] = BOUNDS;
  /** Observations by bucket, each in the first one whose bound it does not pass. */
  readonly counts: Float64Array = new Float64Array(BOUNDS.length + 1);
  /** All observations together, in seconds. */
  sum = 0;

  /** Counts one that took `ms` milliseconds. */
  observe(ms: number): void {
    const seconds = ms / 1000;
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += seconds;
  }
}
