// A log that a crowd cannot flood: of some events only so many a second are written, and the rest are counted.

import type { Clock } from "../transport/transport.ts";
import type { Log, LogEvent, LogFields, LogLevel } from "./log.ts";

/** Lines of one limited event a second: enough to see what goes on, too few to fill a disk. */
const LINES_PER_SECOND = 10;

const LIMITED: ReadonlySet<LogEvent> = new Set([
  "admin refused",
  "backend failed",
  "handler failed",
  "limit",
  "refused",
  "slow",
]);

/** `log`, with limited events held to 10 lines a second; one line says how many were left out. */
export function limitedLog(clock: Clock, log: Log): Log {
  const lines = new Map<LogEvent, number>();

  function windowOver(level: LogLevel, event: LogEvent): void {
    const leftOut = lines.get(event)! - LINES_PER_SECOND;
    lines.delete(event);
    if (leftOut > 0) log(level, event, { leftOut });
  }

  return (level: LogLevel, event: LogEvent, fields: LogFields) => {
    if (!LIMITED.has(event)) return log(level, event, fields);
    const before = lines.get(event) ?? 0;
    lines.set(event, before + 1);
    if (before === 0) clock.schedule(1000, () => windowOver(level, event));
    if (before < LINES_PER_SECOND) log(level, event, fields);
  };
}
