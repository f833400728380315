// What Deno and Bun both offer through Node's names: arguments, environment, files, signals, standard streams.

import { Buffer } from "node:buffer";
import { getRandomValues } from "node:crypto";
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import type { Host } from "../transport/host.ts";

/** The host without what differs: its name, its clock and its sockets. */
export function processHost(): Omit<Host, "runtime" | "clock" | "transport"> {
  return {
    args: process.argv.slice(2),
    isTerminal: process.stdout.isTTY === true,
    randomBytes: (length) => getRandomValues(new Uint8Array(length)),
    hostName: hostname,
    env: (name) => process.env[name],
    readTextFile: (path) => readFileSync(path, "utf8"),
    writeTextFile: (path, text) => writeFileSync(path, text),
    stdout: (text) => writeWhole(1, text),
    stderr: (text) => writeWhole(2, text),
    onSignal: (signal, callback) => void process.on(signal, callback),
    exit: (code) => process.exit(code),
  };
}

// A pipe whose reader is slow takes part of the text, or nothing for now; a reader that is gone gets none of it.
function writeWhole(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") return;
    }
  }
}
