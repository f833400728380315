// The log of a running program (`--log-format json`), line by line: what was written, and what a test waits for.

import { Watched } from "./watched.ts";

/** One event. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export class LogLines {
  readonly lines: LogLine[] = [];
  readonly #watched = new Watched();
  #isOver = false;

  /** Takes one line of output. */
  push(line: string): void {
    this.lines.push(parse(line));
    this.#watched.changed();
  }

  /** No more lines will come. */
  end(): void {
    this.#isOver = true;
    this.#watched.changed();
  }

  /** The lines of an event so far. */
  of(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** Waits until there are `count` lines of an event. */
  many(event: string, count: number): Promise<LogLine[]> {
    return this.#watched.until(`${count} log lines "${event}"`, () => {
      const found = this.of(event);
      if (found.length >= count) return found;
      if (this.#isOver) throw new Error(`The program ended with ${found.length} lines "${event}"`);
      return undefined;
    });
  }

  /** Waits for the first line of an event. */
  async first(event: string): Promise<LogLine> {
    return (await this.many(event, 1))[0]!;
  }
}

// What is no event is a fault: startServer() fails the test over it.
function parse(line: string): LogLine {
  try {
    return JSON.parse(line);
  } catch {
    return { time: "", level: "fatal", event: line };
  }
}
