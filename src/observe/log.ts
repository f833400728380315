// Log events as data: what happened, how much it matters, and its fields. Who writes them out is not known here.

/** How much an event matters, least first. */
export const LOG_LEVELS = ["trace", "debug", "info", "warning", "error", "fatal"] as const;

/** One of them. From `error` on it is a fault of the server or its application; what peers do is lower. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The events, a closed list: people search for these words. */
export type LogEvent =
  | "listening"
  | "cannot listen"
  | "cannot load"
  | "admin token"
  | "admin listening"
  | "admin change"
  | "admin refused"
  | "metrics listening"
  | "session opened"
  | "session waiting"
  | "session resumed"
  | "session moved"
  | "session ended"
  | "refused"
  | "limit"
  | "slow"
  | "draining"
  | "drained"
  | "worker crashed"
  | "worker started"
  | "reload"
  | "store"
  | "handler failed"
  | "application"
  | "backend"
  | "backend failed"
  | "fault"
  | "lines lost";

/** What is known about an event. Text from a peer may hold anything: whoever shows it escapes it. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Takes one event. Must not throw and must not call back. */
export type Log = (level: LogLevel, event: LogEvent, fields: LogFields) => void;
