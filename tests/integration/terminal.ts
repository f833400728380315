// The program in a terminal of its own (the tool `script` makes one), with somebody who types.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { type Cleanup, ROOT } from "./program.ts";
import { Watched } from "./watched.ts";

/** Whether a terminal can be made here: BSD's `script` has other options. */
export const HAS_TERMINAL: boolean = spawnSync("script", ["-qec", "true", "/dev/null"], {
  stdio: ["pipe", "ignore", "ignore"],
}).status === 0;

/** A terminal of 80 columns, and what it shows. */
export class Terminal {
  /** Everything that was written to it, since it was last looked at. */
  text = "";
  readonly #child: ChildProcess;
  readonly #watched = new Watched();
  #exit: number | null = null;

  constructor(t: Cleanup, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // Whoever runs the tests may have colours switched off.
    const { NO_COLOR: _, ...inherited } = process.env;
    const line = command.map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qec", `stty cols 80 rows 24; exec ${line}`, "/dev/null"], {
      cwd: ROOT,
      env: { ...inherited, TERM: "xterm", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.text += text;
      this.#watched.changed();
    });
    child.on("close", (code) => {
      this.#exit = code ?? -1;
      this.#watched.changed();
    });
    t.after(async () => {
      child.kill("SIGKILL");
      await this.exited();
    });
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  /** Waits until it shows `text`, colours aside; what stands before it is forgotten. */
  async shows(text: string): Promise<void> {
    const at = await this.#watched.until(`the terminal to show "${text}"`, () => {
      const index = stripVTControlCharacters(this.text).indexOf(text);
      return index < 0 ? undefined : index;
    });
    this.text = stripVTControlCharacters(this.text).slice(at + text.length);
  }

  /** Waits until these very bytes were written to it, colours included. */
  async sends(bytes: string): Promise<void> {
    await this.#watched.until(
      `the bytes ${JSON.stringify(bytes)}`,
      () => this.text.includes(bytes) || undefined,
    );
  }

  /** Waits for the end of the program; its exit code. */
  exited(): Promise<number> {
    return this.#watched.until("the end of the program", () => this.#exit ?? undefined);
  }
}
