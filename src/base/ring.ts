// A bounded first-in, first-out queue that holds no array until it has two items, and none once it is empty.

import { assert } from "./assert.ts";

/** Slots of the first array; it doubles from there. Powers of two, so that an index wraps with a mask. */
const SLOTS_FIRST = 8;

/** A FIFO of at most `itemsMax` items. Most queues of most sessions hold none or one: those cost no array. */
export class Ring<T> {
  readonly itemsMax: number;
  #first: T | undefined = undefined;
  #slots: (T | undefined)[] | null = null;
  #head = 0;
  #length = 0;

  constructor(itemsMax: number) {
    assert(Number.isInteger(itemsMax) && itemsMax >= 1, "the bound of a ring is a whole number");
    this.itemsMax = itemsMax;
  }

  /** Items in the ring. */
  get length(): number {
    return this.#length;
  }

  /** Appends `item`; false, and nothing happens, when the ring is full. */
  push(item: T): boolean {
    if (this.#length === this.itemsMax) return false;
    if (this.#length === 0) {
      this.#first = item;
    } else {
      if (this.#slots === null) this.#spread();
      else if (this.#length === this.#slots.length) this.#grow();
      this.#slots![(this.#head + this.#length) & (this.#slots!.length - 1)] = item;
    }
    this.#length++;
    return true;
  }

  /** The item `index` places behind the oldest; undefined past the end. */
  at(index: number): T | undefined {
    if (index >= this.#length) return undefined;
    if (this.#slots === null) return this.#first;
    return this.#slots[(this.#head + index) & (this.#slots.length - 1)];
  }

  /** Takes the oldest item; undefined when empty. */
  shift(): T | undefined {
    const item = this.at(0);
    if (this.#length <= 1) {
      this.clear();
      return item;
    }
    this.#slots![this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots!.length - 1);
    this.#length--;
    return item;
  }

  /** Forgets every item, and the array that held them. */
  clear(): void {
    this.#first = undefined;
    this.#slots = null;
    this.#head = 0;
    this.#length = 0;
  }

  #spread(): void {
    this.#slots = new Array<T | undefined>(SLOTS_FIRST).fill(undefined);
    this.#slots[0] = this.#first;
    this.#first = undefined;
  }

  #grow(): void {
    const slots = this.#slots!;
    const grown = new Array<T | undefined>(slots.length * 2).fill(undefined);
    for (let i = 0; i < this.#length; i++) grown[i] = slots[(this.#head + i) & (slots.length - 1)];
    this.#slots = grown;
    this.#head = 0;
  }
}
