// The program under test as a process: the executable, or what TEST_PROGRAM says, e.g. "deno run --quiet -P main.ts".

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Watched } from "./watched.ts";

/** What of a test's context is needed to clean up after it. */
export interface Cleanup {
  after(clear: () => unknown): void;
}

/** How a process ended: its exit code, or the signal that ended it. */
export type Exit = number | NodeJS.Signals;

/** The folder that programs start in: the repository's. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** The environment without what would configure a program started in it. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("TCP_SERVER_")),
);

/** The words of the command that starts the program under test. */
export function programUnderTest(): string[] {
  const named = process.env["TEST_PROGRAM"];
  if (named !== undefined && named !== "") return named.split(" ");
  const executable = `${ROOT}dist/tcp-server`;
  if (existsSync(executable)) return [executable];
  throw new Error('Cannot find "dist/tcp-server": run "make build" first');
}

/** How the runtime of the tests runs a file, with the permissions that deno.json grants the program. */
export const RUN: readonly string[] = "Deno" in globalThis
  ? [process.execPath, "run", "--quiet", "--no-prompt", "-P"]
  : [process.execPath];

/** A process, its output and its end. Ended with the test, if it has not ended by then. */
export class Program {
  stdout = "";
  stderr = "";
  /** Called with each line of standard output, and after the last one. */
  onLine: (line: string) => void = () => {};
  onEnd: () => void = () => {};
  readonly #child: ChildProcess;
  readonly #watched = new Watched();
  #exit: Exit | undefined;

  constructor(t: Cleanup, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [file, ...args] = command;
    const child = spawn(file!, args, {
      cwd: ROOT,
      env: { ...ENVIRONMENT, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let begun = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      const lines = (begun + text).split("\n");
      begun = lines.pop()!;
      for (const line of lines) this.onLine(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => void (this.stderr += text));
    child.on("close", (code, signal) => {
      this.#exit = code ?? signal!;
      this.onEnd();
      this.#watched.changed();
    });
    t.after(async () => {
      child.kill("SIGKILL");
      await this.exited();
    });
  }

  /** Sends a signal. Not with `kill()` of the child: after that Deno tells the signal, whatever the exit code was. */
  signal(name: "SIGTERM" | "SIGINT" | "SIGKILL"): void {
    process.kill(this.#child.pid!, name);
  }

  /** Stops to read its standard output, as a pager or a log driver that hangs does. */
  holdOutput(): void {
    this.#child.stdout!.pause();
  }

  readOutputOn(): void {
    this.#child.stdout!.resume();
  }

  /** Waits for the end of the process and of its output. */
  exited(): Promise<Exit> {
    return this.#watched.until("the end of the program", () => this.#exit);
  }
}

/** Runs the program with these arguments to its end. */
export async function runProgram(
  t: Cleanup,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ exit: Exit; stdout: string; stderr: string }> {
  const program = new Program(t, [...programUnderTest(), ...args], env);
  const exit = await program.exited();
  const { stdout, stderr } = program;
  return { exit, stdout, stderr };
}
