// Runs every check, then every test on both runtimes; goes on after a failure and ends with the sum of all.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { CORE } from "./tidy/layers.ts";

/** What a step comes to: a step without tests of its own counts as one. */
export interface Counts {
  passed: number;
  failed: number;
}

interface Step {
  name: string;
  command: string;
  /** Reads the closing lines of a test runner; undefined when they are not there. */
  count?: (output: string) => Counts | undefined;
}

const CORE_FOLDERS = CORE.map((layer) => `src/${layer}`).filter((folder) => existsSync(folder));

/** What programs import; everything that can be reached from there is documented. */
const PUBLIC = "mod.ts server.ts client.ts";

/** The folders whose comments hold examples of it. */
const WITH_EXAMPLES = "src/client src/codec src/handlers src/limits src/messaging";

const CHECKS: Step[] = [
  { name: "format", command: "deno fmt --check" },
  { name: "lint", command: "deno lint" },
  { name: "types", command: "deno check --quiet" },
  {
    name: "types without a platform",
    command: `deno check --quiet --config tests/pure/deno.json tests/pure ${
      CORE_FOLDERS.join(" ")
    }`,
  },
  { name: "comments of the public names", command: `deno doc --lint ${PUBLIC}` },
];

const TESTS: Step[] = [
  { name: "build", command: "tools/build" },
  {
    name: "examples of the public names",
    command: `deno test -P --doc ${PUBLIC} ${WITH_EXAMPLES}`,
    count: countDeno,
  },
  { name: "tests on Deno", command: "deno test -P --no-check", count: countDeno },
  // By itself Bun gives each test 5 s, which a busy machine can pass; Deno sets no limit.
  { name: "tests on Bun", command: "bun test --timeout 60000", count: countBun },
];

/** Longer than any step takes, so that one that hangs does not keep the others from being seen. */
const STEP_MS_MAX = 600_000;

/** Reads `ok | 10 passed (6 steps) | 0 failed | 3 ignored (30ms)`. */
export function countDeno(output: string): Counts | undefined {
  return countLast(output, /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm);
}

/** Reads ` 12 pass`, ` 2 skip`, ` 0 fail` and `Ran 14 tests across 1 file.`, each on its own line. */
export function countBun(output: string): Counts | undefined {
  return countLast(
    output,
    /^ *(\d+) pass\n(?: *\d+ .+\n)*? *(\d+) fail\n(?: *\d+ .+\n)*Ran \d+ tests? across/gm,
  );
}

/** A test may print such lines too, so the last ones count. */
function countLast(output: string, closing: RegExp): Counts | undefined {
  const last = [...stripVTControlCharacters(output).matchAll(closing)].at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]) };
}

/** Puts the exit code and what the runner says together: neither alone makes a step pass. */
export function judge(step: Pick<Step, "count">, code: number | null, output: string): Counts {
  const counts = step.count ? step.count(output) : { passed: code === 0 ? 1 : 0, failed: 0 };
  if (counts === undefined) return { passed: 0, failed: 1 };
  if (code === 0 && counts.passed > 0) return counts;
  return { passed: counts.passed, failed: Math.max(counts.failed, 1) };
}

async function run(step: Step): Promise<Counts> {
  console.log(`\n== ${step.name}: ${step.command}`);
  const [file, ...args] = step.command.split(" ");
  const child = spawn(file!, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
  }
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    console.log(`Ended "${step.name}": it took longer than ${STEP_MS_MAX / 1000} s`);
    child.kill("SIGKILL");
    // What the step has started may live on and hold the other end open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, STEP_MS_MAX);
  const [code] = await once(child, "close");
  clearTimeout(limit);
  return judge(step, late ? null : code, output);
}

async function main(): Promise<void> {
  const steps = process.argv[2] === "check" ? CHECKS : [...CHECKS, ...TESTS];
  const total: Counts = { passed: 0, failed: 0 };
  const lines: string[] = [];
  for (const step of steps) {
    const started = performance.now();
    const { passed, failed } = await run(step);
    total.passed += passed;
    total.failed += failed;
    const verdict = failed > 0 ? "FAILED" : "ok    ";
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    lines.push(`${verdict} ${step.name}: ${passed} passed, ${failed} failed (${seconds} s)`);
  }
  console.log(`\n${lines.join("\n")}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

if (import.meta.main) await main();
