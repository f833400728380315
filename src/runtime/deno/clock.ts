// Time on Deno; a sentinel tells when the sockets were looked at.

import type { Clock } from "../../transport/transport.ts";
import { timerClock } from "../clock.ts";
import { Sentinel } from "./sentinel.ts";

export function denoClock(sentinel: Sentinel = new Sentinel()): Clock {
  return timerClock((callback) => sentinel.afterIo(callback));
}
