// Runs simulations of new seeds for as many seconds as told: tests/simulation/soak.ts SECONDS. A seed that fails is
// printed and kept in seeds.txt, which the tests run first from then on.

import { appendFileSync } from "node:fs";
import process from "node:process";
import { simulate } from "./simulate.ts";

const seconds = Number(process.argv[2] ?? 60);
const end = performance.now() + seconds * 1000;
// Far from the seeds of the tests, and from those of earlier soaks.
const first = 1_000_000 + Math.floor(Math.random() * 1e9);
let seed = first;
let failures = 0;
for (; performance.now() < end; seed++) {
  try {
    simulate(seed);
  } catch (error) {
    failures++;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    console.log(`Seed ${seed} fails: ${reason}`);
    appendFileSync(new URL("seeds.txt", import.meta.url), `${seed} # ${reason}\n`);
  }
}
console.log(`${seed - first - failures} seeds held, ${failures} failed, from ${first} on`);
process.exitCode = failures > 0 ? 1 : 0;
