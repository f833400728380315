// Virtual time: callbacks in order of their moment, then of who asked first. Nothing here waits for real.

import { assert } from "../../base/assert.ts";

/** More callbacks than this at one moment are a loop that virtual time would never leave. */
const CALLBACKS_PER_MOMENT_MAX = 1_000_000;

/** A callback and its moment; null once it ran or was cancelled. */
interface Entry {
  readonly moment: number;
  readonly sequence: number;
  callback: (() => void) | null;
}

/** A clock that stands still until somebody steps it, and the queue of what is to happen. */
export class VirtualTime {
  #now = 0;
  #sequence = 0;
  #running = false;
  #atThisMoment = 0;
  // A binary heap: no entry comes before its parent, which stands at half its index.
  #heap: Entry[] = [];

  /** Milliseconds since this time began. */
  get now(): number {
    return this.#now;
  }

  /** Whether a callback runs right now. */
  get running(): boolean {
    return this.#running;
  }

  /** The moment of what comes next; undefined when nothing is left to happen. */
  get next(): number | undefined {
    while (this.#heap[0]?.callback === null) this.#shift();
    return this.#heap[0]?.moment;
  }

  /** Calls `callback` once, `delayMs` from now, and never before this returns; the returned function prevents that. */
  after(delayMs: number, callback: () => void): () => void {
    const moment = this.#now + Math.max(0, delayMs);
    const entry: Entry = { moment, sequence: this.#sequence++, callback };
    this.#push(entry);
    return () => {
      entry.callback = null;
    };
  }

  /** Goes to the next moment and runs one callback; false when nothing is left. */
  step(): boolean {
    assert(!this.#running, "time is not stepped from inside one of its callbacks");
    if (this.next === undefined) return false;
    const entry = this.#shift();
    const callback = entry.callback!;
    entry.callback = null;
    this.#goTo(entry.moment);
    assert(
      ++this.#atThisMoment <= CALLBACKS_PER_MOMENT_MAX,
      `time stands still at ${this.#now} ms`,
    );
    this.#running = true;
    try {
      callback();
    } finally {
      this.#running = false;
    }
    return true;
  }

  /** Runs all that happens within `ms`, and stands `ms` later at the end. */
  runFor(ms: number): void {
    const end = this.#now + ms;
    while ((this.next ?? Infinity) <= end) this.step();
    this.#goTo(end);
  }

  #goTo(moment: number): void {
    assert(moment >= this.#now, "time never goes back");
    if (moment === this.#now) return;
    this.#now = moment;
    this.#atThisMoment = 0;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (comesBefore(heap[parent]!, entry)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #shift(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child++;
      if (comesBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function comesBefore(one: Entry, other: Entry): boolean {
  return one.moment < other.moment ||
    (one.moment === other.moment && one.sequence < other.sequence);
}
