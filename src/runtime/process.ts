// What Deno and Bun both offer through Node's names: arguments, environment, files, signals.

import { createHash, getRandomValues } from "node:crypto";
import { lstatSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { isatty } from "node:tty";
import { pathToFileURL } from "node:url";
import type { Host } from "../transport/host.ts";
import { descriptorsFree } from "./descriptors.ts";
import { memoryBytes } from "./memory.ts";
import { Output, type Write } from "./output.ts";
import { processUsage } from "./process_usage.ts";
import { inputText, listenForKeys, terminalNow } from "./terminal.ts";

/** What differs between the runtimes. */
type HostOfRuntime =
  | "runtime"
  | "facts"
  | "clock"
  | "startWorker"
  | "supervisor"
  | "transport"
  | "serveHttp";

/** The host without what differs, and without how its standard streams are written to. */
export function processHost(
  writeStdout: Write,
  writeStderr: Write,
  hasColors: boolean,
): Omit<Host, HostOfRuntime> {
  const stdout = new Output(writeStdout);
  const stderr = new Output(writeStderr);
  return {
    args: process.argv.slice(2),
    isTerminal: process.stdout.isTTY === true,
    terminal: () => terminalNow(hasColors),
    onKeys: listenForKeys,
    isInputTerminal: isatty(0),
    input: inputText,
    descriptorsFree,
    randomBytes: (length) => getRandomValues(new Uint8Array(length)),
    digest: (bytes) => createHash("sha256").update(bytes).digest(),
    hostName: hostname,
    memoryBytes,
    env: (name) => process.env[name],
    readTextFile: (path) => readFileSync(path, "utf8"),
    importFile: (path, loaded, failed) =>
      void import(pathToFileURL(resolve(path)).href).then(loaded, failed),
    onStrayRejection: (callback) => void process.on("unhandledRejection", callback),
    writeTextFile(path, text) {
      // A pipe, a device or a link is written to. Of a file, whoever looks sees the old one or the whole new one.
      const replaces = lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
      writeFileSync(replaces ? `${path}.tmp` : path, text);
      if (replaces) renameSync(`${path}.tmp`, path);
    },
    createPrivateFile: (path, text) => writeFileSync(path, text, { mode: 0o600, flag: "wx" }),
    processUsage,
    processors: availableParallelism(),
    stdout: (text) => stdout.write(text),
    stderr: (text) => stderr.write(text),
    onSignal: (signal, callback) => void process.on(signal, callback),
    exit: (code) =>
      void Promise.all([stdout.flush(), stderr.flush()]).then(() => process.exit(code)),
  };
}
