// All deadlines of a server on one timer: what is due soon stands in a slot, and an entry that is not due costs nothing.

import { assert } from "../base/assert.ts";
import type { WheelEntry } from "../session/owner.ts";
import type { Clock } from "../transport/transport.ts";

/** Milliseconds a slot spans, and so how late a deadline may be noticed. */
const SLOT_MS = 50;

/** Slots of the wheel, a power of two: 51.2 s. What is further off waits in the last slot and is placed again there. */
const SLOTS = 1024;

/** A hashed timing wheel (Varghese and Lauck, 1987) on a clock's one-shot timers; it holds a timer only while needed. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #onDue: (fire: () => void) => void;
  readonly #slots: (WheelEntry | null)[] = new Array(SLOTS).fill(null);
  readonly #startedAt: number;
  #size = 0;
  // The first slot that was not served yet; slots are counted from #startedAt without wrapping.
  #cursor = 0;
  // The slot the clock's timer is set for, and how to take that back.
  #armedSlot = Infinity;
  #disarm: (() => void) | null = null;

  /** @param onDue Runs what is due, as one turn. */
  constructor(clock: Clock, onDue: (fire: () => void) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#startedAt = clock.now();
  }

  /** Entries on the wheel. */
  get size(): number {
    return this.#size;
  }

  /** Has `entry.onDeadline()` called at `at` or a little later; an earlier time that was asked for stands. */
  schedule(entry: WheelEntry, at: number): void {
    if (entry.wheelAt <= at || at === Infinity) return;
    this.cancel(entry);
    if (this.#size === 0) this.#cursor = Math.max(this.#cursor, this.#slotAt(this.#clock.now()));
    entry.wheelAt = at;
    this.#insert(entry);
    this.#size++;
    if (entry.wheelSlot < this.#armedSlot) this.#arm(entry.wheelSlot);
  }

  /** Takes `entry` off. */
  cancel(entry: WheelEntry): void {
    if (entry.wheelAt === Infinity) return;
    this.#unlink(entry);
    entry.wheelAt = Infinity;
    this.#size--;
    if (this.#size === 0) this.#arm(Infinity);
  }

  #slotAt(time: number): number {
    return Math.floor((time - this.#startedAt) / SLOT_MS);
  }

  #insert(entry: WheelEntry): void {
    const due = Math.ceil((entry.wheelAt - this.#startedAt) / SLOT_MS);
    const slot = Math.max(this.#cursor, Math.min(due, this.#cursor + SLOTS - 2));
    const head = this.#slots[slot & (SLOTS - 1)]!;
    entry.wheelSlot = slot;
    entry.wheelPrevious = null;
    entry.wheelNext = head;
    if (head !== null) head.wheelPrevious = entry;
    this.#slots[slot & (SLOTS - 1)] = entry;
  }

  #unlink(entry: WheelEntry): void {
    const { wheelNext: next, wheelPrevious: previous } = entry;
    if (next !== null) next.wheelPrevious = previous;
    if (previous !== null) previous.wheelNext = next;
    else this.#slots[entry.wheelSlot & (SLOTS - 1)] = next;
    entry.wheelNext = null;
    entry.wheelPrevious = null;
  }

  #arm(slot: number): void {
    this.#disarm?.();
    this.#disarm = null;
    this.#armedSlot = slot;
    if (slot === Infinity) return;
    // Never at once: a timer that came a rounding error too early would be set for the same moment again and again.
    const delayMs = Math.max(1, this.#startedAt + slot * SLOT_MS - this.#clock.now());
    this.#disarm = this.#clock.schedule(delayMs, () => this.#expire());
  }

  #expire(): void {
    this.#disarm = null;
    const current = this.#slotAt(this.#clock.now());
    this.#onDue(() => {
      while (this.#cursor <= current) this.#serve(this.#cursor++);
    });
    this.#arm(this.#size === 0 ? Infinity : this.#nextSlot());
  }

  // The cursor has moved on already, so that what is scheduled from inside lands in a later slot.
  #serve(slot: number): void {
    const index = slot & (SLOTS - 1);
    const dueUntil = this.#startedAt + slot * SLOT_MS;
    for (let entry = this.#slots[index]!; entry !== null; entry = this.#slots[index]!) {
      this.#unlink(entry);
      if (entry.wheelAt > dueUntil) {
        this.#insert(entry);
        continue;
      }
      entry.wheelAt = Infinity;
      this.#size--;
      entry.onDeadline();
    }
  }

  #nextSlot(): number {
    for (let slot = this.#cursor; slot < this.#cursor + SLOTS; slot++) {
      if (this.#slots[slot & (SLOTS - 1)] !== null) return slot;
    }
    assert(false, "an entry on the wheel stands in a slot");
  }
}
