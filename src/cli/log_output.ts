// Log events to lines of text, through LogTape: `pretty` for people, `json` for machines, the same fields in both.

import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import { escapeControls } from "../base/text.ts";
import type { Log, LogEvent, LogLevel } from "../observe/log.ts";

/** How log lines look. */
export type LogFormat = "pretty" | "json";

/** Where log lines go and which of them. */
export interface LogOutput {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes one line, its end included; false where it is dropped. */
  readonly write: (line: string) => boolean;
}

/** The log of the program. Configures LogTape, which is one for the whole process. */
export function openLog({ level, format, write }: LogOutput): Log {
  const formatter = format === "json" ? jsonLine : prettyLine;
  let linesLost = 0;

  // A reader that stood still is told, as soon as it goes on, how much it missed.
  function output(record: LogRecord): void {
    if (linesLost > 0) {
      const rawMessage: LogEvent = "lines lost";
      const lost = {
        ...record,
        level: "warning",
        rawMessage,
        properties: { lines: linesLost },
      } as const;
      if (write(formatter(lost))) linesLost = 0;
    }
    if (!write(formatter(record))) linesLost++;
  }

  configureSync({
    reset: true,
    sinks: { output },
    loggers: [
      { category: "tcp-server", lowestLevel: level, sinks: ["output"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["output"] },
    ],
  });
  const logger = getLogger("tcp-server");
  return (eventLevel, event, fields) => logger[eventLevel](event, fields);
}

function jsonLine({ timestamp, level, rawMessage, properties }: LogRecord): string {
  const time = new Date(timestamp).toISOString();
  return JSON.stringify({ time, level, event: String(rawMessage), ...properties }) + "\n";
}

function prettyLine({ timestamp, level, rawMessage, properties }: LogRecord): string {
  const time = new Date(timestamp).toISOString().slice(11, 23);
  const fields = Object.entries(properties).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${time} ${level.padEnd(7)} ${String(rawMessage)}${fields.join("")}\n`;
}

// Values that would run together with their neighbours are quoted; what a peer sent cannot leave its line.
function shown(value: unknown): string {
  const text = escapeControls(String(value));
  return /[\s"=]/.test(text) || text === "" ? JSON.stringify(text) : text;
}
