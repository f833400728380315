// A clock on the timers that every runtime has; what comes after a look at the sockets differs and is passed in.

import type { Clock } from "../transport/transport.ts";

/** @param afterIo Calls its argument once the runtime has looked at its sockets again. */
export function timerClock(afterIo: (callback: () => void) => void): Clock {
  return {
    now: () => performance.now(),
    schedule(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    afterIo,
  };
}
