// Time on Bun, whose `setImmediate` runs after the sockets were looked at.

import type { Clock } from "../../transport/transport.ts";
import { timerClock } from "../clock.ts";

export function bunClock(): Clock {
  return timerClock((callback) => void setImmediate(callback));
}
