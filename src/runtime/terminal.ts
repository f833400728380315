// The terminal this program runs in, where there is one: its size, keys as they are pressed, and lines that are piped in.

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
  // A character may come in two pieces.
  const decoder = new TextDecoder();
  const onData = (bytes: Uint8Array) => callback(decoder.decode(bytes, { stream: true }));
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  return () => {
    stdin.off("data", onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

/** Standard input as text; a piece is read when it is asked for. */
export async function* inputText(): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of process.stdin) yield decoder.decode(bytes, { stream: true });
}
