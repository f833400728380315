// Looks for what fails where nobody looked yet: tests/simulation/soak.ts SECONDS. First a conversation of 200 frames is
// cut at every byte, then simulations run new seeds, in turns, for as many seconds as told. A seed that fails is printed
// and kept in seeds.txt, which the tests run first from then on.

import process from "node:process";
import { cutEverywhere, LOSSES } from "../unit/client/dialogue.ts";
import { simulateNodes } from "./nodes_simulate.ts";
import { simulateResume } from "./resume_simulate.ts";
import { keepSeed, type Simulation } from "./seeds.ts";
import { simulate } from "./simulate.ts";

const SIMULATIONS: [Simulation, (seed: number) => unknown][] = [
  ["wire", simulate],
  ["resume", simulateResume],
  ["nodes", simulateNodes],
];

const seconds = Number(process.argv[2] ?? 60);
let failures = 0;

for (const loss of LOSSES) {
  try {
    const cuts = await cutEverywhere(loss, 1);
    console.log(`${cuts} conversations, each cut at another byte (${loss}), held`);
  } catch (error) {
    failures++;
    console.log(reasonOf(error));
  }
}

const end = performance.now() + seconds * 1000;
// Far from the seeds of the tests, and from those of earlier soaks.
const first = 1_000_000 + Math.floor(Math.random() * 1e9);
let seed = first;
let held = 0;
for (; performance.now() < end; seed++) {
  for (const [name, run] of SIMULATIONS) {
    try {
      await run(seed);
      held++;
    } catch (error) {
      failures++;
      console.log(`Seed ${seed} of "${name}" fails: ${reasonOf(error)}`);
      keepSeed(name, seed, reasonOf(error));
    }
  }
}
console.log(`${held} simulations held, ${failures} failures; seeds from ${first} to ${seed - 1}`);
process.exitCode = failures > 0 ? 1 : 0;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0]! : String(error);
}
