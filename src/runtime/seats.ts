// How many connections all threads of a server hold together, counted in memory they share: the one thing that must be
// more exact than messages are. What a thread held when it crashed is given back by somebody else.

import { assert } from "../base/assert.ts";

/**
 * One node's view of the seats. Every node has a count of its own and there is no total beside them, so a thread that
 * goes between two steps leaves nothing that does not add up.
 */
export class Seats {
  /** What the other threads are sent. */
  readonly buffer: SharedArrayBuffer;
  readonly #node: number;
  readonly #counts: Int32Array;

  /** Memory for the nodes 1 to `nodes`, with every seat free. */
  static make(nodes: number): SharedArrayBuffer {
    return new SharedArrayBuffer((nodes + 1) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** @param node Who takes and gives: 1 or more; 0 is the supervisor, who holds none. */
  constructor(buffer: SharedArrayBuffer, node: number) {
    this.buffer = buffer;
    this.#node = node;
    this.#counts = new Int32Array(buffer);
    assert(node >= 0 && node < this.#counts.length, "Only nodes that were counted in have seats");
  }

  /** Takes a seat; false, and none is taken, where that would make more than `max`. */
  take(max: number): boolean {
    assert(this.#node > 0, "The supervisor takes no seats");
    // First add, then look: of two nodes that want the last seat both may be refused, but never both be let in.
    Atomics.add(this.#counts, this.#node, 1);
    if (this.taken <= max) return true;
    this.give();
    return false;
  }

  /** Gives one back. */
  give(): void {
    assert(this.takenBy(this.#node) > 0, "Only a seat that was taken is given back");
    Atomics.sub(this.#counts, this.#node, 1);
  }

  /** The seats that all nodes hold together. */
  get taken(): number {
    let sum = 0;
    for (let node = 1; node < this.#counts.length; node++) sum += this.takenBy(node);
    return sum;
  }

  takenBy(node: number): number {
    return Atomics.load(this.#counts, node);
  }

  /** Gives back what a node held that is gone. */
  giveAllOf(node: number): void {
    Atomics.store(this.#counts, node, 0);
  }
}
