// The terminal this program runs in, where there is one: its size, and keys as they are pressed.

import process from "node:process";
import type { Terminal } from "../transport/host.ts";

/** A terminal that does not tell its size has this one. */
const COLUMNS = 80;
const ROWS = 24;

/** The terminal of standard output as it is now; undefined where it is none. */
export function terminalNow(hasColors: boolean): Terminal | undefined {
  const { isTTY, columns, rows } = process.stdout;
  return isTTY ? { columns: columns || COLUMNS, rows: rows || ROWS, hasColors } : undefined;
}

/** Keys of the terminal of standard input, until the returned function is called. */
export function listenForKeys(callback: (keys: string) => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const onData = (bytes: Uint8Array) => callback(new TextDecoder().decode(bytes));
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  return () => {
    stdin.off("data", onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
