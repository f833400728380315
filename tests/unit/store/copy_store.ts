// What is in the files of a SQLite store right now: what the next process would find if this one were killed.

import { copyFileSync, existsSync } from "node:fs";

/** Copies the files at `from`, as far as they are there. */
export function copyStore(from: string, to: string): void {
  for (const part of ["", "-wal"]) {
    if (existsSync(from + part)) copyFileSync(from + part, to + part);
  }
}
