// Starts this program once more, as a process of its own that does not outlive this one.

import { spawn } from "node:child_process";
import process from "node:process";
import type { OwnProcess } from "../transport/host.ts";

/** Milliseconds a process has to end by itself. */
const STOP_MS = 2000;

/**
 * The words that start this program: its file is one of them, unless the runtime carries it inside.
 *
 * @param isExecutable Whether this is an executable of its own.
 */
export function ownWords(isExecutable: boolean): string[] {
  return isExecutable ? [process.execPath] : [process.execPath, process.argv[1]!];
}

/** @param words What starts it; the arguments follow. */
export function startProcess(
  words: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string | null) => void,
): OwnProcess {
  const [file, ...rest] = [...words, ...args];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TCP_SERVER_"));
  const child = spawn(file!, rest, {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "inherit"],
    // In a group of its own: Ctrl-C is for us, and we end it when we are through.
    detached: true,
  });
  const kill = () => void child.kill("SIGKILL");
  process.on("exit", kill);
  let timer: ReturnType<typeof setTimeout> | undefined;
  child.on("close", () => {
    process.off("exit", kill);
    clearTimeout(timer);
    onLine(null);
  });
  // What cannot be started has no end either.
  child.on("error", () => child.emit("close"));
  let begun = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (begun + text).split("\n");
    begun = lines.pop()!;
    for (const line of lines) onLine(line);
  });
  return {
    id: child.pid ?? 0,
    stop() {
      timer ??= setTimeout(kill, STOP_MS);
      child.kill("SIGTERM");
    },
  };
}
