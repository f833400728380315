// A program that starts its own file as a worker, on the runtime that runs this. It is a process of its own: test runners
// catch what a thread does not.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** What the program prints when it does `what`, in order. */
function linesOf(what: string): Promise<string[]> {
  const program = fileURLToPath(new URL("./own_worker.ts", import.meta.url));
  const run = "Deno" in globalThis ? ["run", "--quiet", "--no-check", "-P"] : ["--no-env-file"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...run, program, what], { timeout: 20_000 }, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout.trimEnd().split("\n"));
    });
  });
}

const CASES: Readonly<Record<string, readonly [what: string, lines: readonly string[]]>> = {
  "a host starts its own file as a worker, which may write and leave": [
    "hello",
    ["args: 0", "end: null", "standard output of a worker"],
  ],
  "exit() in a worker ends the worker alone": ["exit", ["end: The thread left with code 5"]],
  "a signal is for the main thread, and a worker lives on": [
    "signal",
    ["SIGTERM?", "main thread: SIGTERM", "end: null"],
  ],
  "a worker that crashes can say farewell, and its connections end": [
    "throw",
    ["crash: thrown", "end: thrown", "client: hello farewell"],
  ],
  "a rejection that nobody handles is a crash too": [
    "reject",
    ["crash: rejected", "end: rejected", "client: hello farewell"],
  ],
  "the connections of a worker that is terminated end": [
    "terminate",
    ["end: null", "client: hello"],
  ],
  "a crash does not wait for farewells without an end": ["silent", ["end: thrown"]],
  "an error while a worker crashes ends it": ["twice", ["end: once more"]],
};

for (const [claim, [what, expected]] of Object.entries(CASES)) {
  test(claim, { timeout: 30_000 }, async () => {
    // Which comes first, the client's end or the worker's, is for the kernel to say.
    assert.deepEqual((await linesOf(what)).sort(), [...expected].sort());
  });
}
