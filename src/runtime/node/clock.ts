// Time on Node, whose `setImmediate` runs after the sockets were looked at.

import type { Clock } from "../../transport/transport.ts";
import { timerClock } from "../clock.ts";

export function nodeClock(): Clock {
  return timerClock((callback) => void setImmediate(callback));
}
