// What the tests of the timer wheel share: entries that write down when they were due, and a wheel on virtual time.

import { World } from "../../../src/runtime/sim/world.ts";
import { TimerWheel } from "../../../src/server/timer_wheel.ts";
import type { WheelEntry } from "../../../src/session/owner.ts";
import type { Clock } from "../../../src/transport/transport.ts";

/** The span of a slot, and so how late a deadline may be noticed. */
export const SLOT_MS = 50;
/** What is further off than this waits in the last slot first. */
export const HORIZON_MS = 51_200;

/** An entry that does what it is told when it is due. */
export class Entry implements WheelEntry {
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;
  readonly #does: () => void;

  constructor(does: () => void) {
    this.#does = does;
  }

  onDeadline(): void {
    this.#does();
  }
}

/** A wheel and its world. */
export interface Turning {
  readonly world: World;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  now(): number;
}

/** A wheel that was made `startMs` after its clock began; each timer of the clock comes `lateMs` later than asked. */
export function turning(startMs = 0, lateMs: () => number = () => 0): Turning {
  const world = new World(1);
  world.runFor(startMs);
  const clock: Clock = {
    ...world.clock,
    schedule: (delayMs, callback) => world.clock.schedule(delayMs + lateMs(), callback),
  };
  const wheel = new TimerWheel(clock, (fire) => fire());
  return { world, clock, wheel, now: () => clock.now() };
}
