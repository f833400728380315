// How long things took, for percentiles: counts in buckets of fixed memory, each at most 0.8 % wide. Pure.

/** Buckets of each power of two: a value in the middle of one is off by 0.4 % at most. */
const STEP_BITS = 7;
const STEPS = 1 << STEP_BITS;

/** A bucket's unit is 10 ns, so that a microsecond is told to 1 % too; 2^32 of them are 42 s. */
const UNITS_PER_MS = 100_000;
const UNITS_MAX = 2 ** 32 - 1;

const BUCKETS = (32 - STEP_BITS + 1) * STEPS;

/** Durations, counted. What is longer than 42 s counts as that, except in `max`. */
export class BenchHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  count = 0;
  /** The longest, exactly; in milliseconds. */
  max = 0;

  /** Counts one that took `ms` milliseconds. */
  record(ms: number): void {
    const units = Math.min(Math.max(0, Math.round(ms * UNITS_PER_MS)), UNITS_MAX);
    this.#counts[bucketOf(units)]!++;
    this.count++;
    if (ms > this.max) this.max = ms;
  }

  /** Milliseconds that `share` (0 to 1) of all took at most; 0 where there are none. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return Math.min(middleOf(bucket) / UNITS_PER_MS, this.max);
    }
    return this.max;
  }
}

// Below STEPS a unit is a bucket; from there on the highest bits name it.
function bucketOf(units: number): number {
  if (units < STEPS) return units;
  const shift = 31 - Math.clz32(units) - STEP_BITS;
  return (shift + 1) * STEPS + ((units >>> shift) - STEPS);
}

function middleOf(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const width = 2 ** (Math.floor(bucket / STEPS) - 1);
  return (STEPS + bucket % STEPS) * width + (width - 1) / 2;
}
