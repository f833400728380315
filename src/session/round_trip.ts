// The round-trip time of one session, smoothed as TCP does it (RFC 6298, section 2). All times are milliseconds.

/** What the Pongs of one session say about its path. */
export class RoundTrip {
  last: number;
  smoothed: number;
  variation: number;

  constructor(first: number) {
    this.last = first;
    this.smoothed = first;
    this.variation = first / 2;
  }

  add(sample: number): void {
    this.last = sample;
    this.variation += (Math.abs(this.smoothed - sample) - this.variation) / 4;
    this.smoothed += (sample - this.smoothed) / 8;
  }

  /** What the next one should not exceed: the retransmission time-out of the RFC, before its lower bound. */
  get expectedMax(): number {
    return this.smoothed + 4 * this.variation;
  }
}
