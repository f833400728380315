// A bounded first-in, first-out queue that gives its memory back when it runs empty.

import { assert } from "./assert.ts";

/** Items kept when the ring is first used; it doubles from there up to its bound. */
const ITEMS_FIRST = 8;

/** A FIFO of at most `itemsMax` items. An empty ring that was never used holds no array. */
export class Ring<T> {
  readonly itemsMax: number;
  #slots: (T | undefined)[] | null = null;
  #head = 0;
  #length = 0;

  constructor(itemsMax: number) {
    assert(itemsMax >= 1, "a ring holds at least one item");
    this.itemsMax = itemsMax;
  }

  /** Items in the ring. */
  get length(): number {
    return this.#length;
  }

  /** Appends `item`; false, and nothing happens, when the ring is full. */
  push(item: T): boolean {
    if (this.#length === this.itemsMax) return false;
    if (this.#slots === null) this.#slots = new Array(ITEMS_FIRST).fill(undefined);
    else if (this.#length === this.#slots.length) this.#grow(this.#slots);
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item;
    this.#length++;
    return true;
  }

  /** The oldest item, without taking it; undefined when empty. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots![this.#head];
  }

  /** Takes the oldest item; undefined when empty. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const slots = this.#slots!;
    const item = slots[this.#head];
    slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (slots.length - 1);
    this.#length--;
    if (this.#length === 0) this.clear();
    return item;
  }

  /** Forgets every item, and the array that held them. */
  clear(): void {
    this.#slots = null;
    this.#head = 0;
    this.#length = 0;
  }

  // Slot counts stay powers of two, so that an index wraps with a mask.
  #grow(slots: (T | undefined)[]): void {
    const grown = new Array<T | undefined>(slots.length * 2).fill(undefined);
    for (let i = 0; i < this.#length; i++) grown[i] = slots[(this.#head + i) & (slots.length - 1)];
    this.#slots = grown;
    this.#head = 0;
  }
}
