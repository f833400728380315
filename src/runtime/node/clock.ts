// Time on Node, whose `setImmediate` runs after the sockets were looked at.

import type { Clock } from "../../transport/transport.ts";
import { timerClock } from "../clock.ts";

/** Node's timers come up to a millisecond before their time (20.20), as its own clock tells it. */
const EARLY_MS = 1;

export function nodeClock(): Clock {
  const clock = timerClock((callback) => void setImmediate(callback));
  return {
    ...clock,
    schedule: (delayMs, callback) => clock.schedule(delayMs + EARLY_MS, callback),
  };
}
