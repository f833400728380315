// What a seed stands for in the simulation of several nodes: what it does for one server, and what happens between them.

import { Prng } from "../../src/base/prng.ts";
import type { BusOdds } from "./lossy_bus.ts";
import { type ResumeScenario, resumeScenarioOf } from "./resume_scenario.ts";

/** What becomes of a node: it is gone without a word, or the bus is, for it. */
export type Mishap = "crash" | "part";

export interface NodesScenario extends ResumeScenario {
  readonly nodes: number;
  readonly bus: BusOdds;
  /** That something becomes of one of them in a round, and that it is over. */
  readonly mishapChance: number;
  readonly healChance: number;
}

/** The scenario of `seed`. */
export function nodesScenarioOf(seed: number): NodesScenario {
  const prng = new Prng(seed ^ 0x6e6f6465);
  const pick = <T>(...options: T[]): T => options[prng.between(0, options.length - 1)]!;
  const base = resumeScenarioOf(seed);
  return {
    ...base,
    restarts: new Map(),
    nodes: pick(2, 3, 3, 4),
    bus: {
      delayMs: pick<BusOdds["delayMs"]>([0, 0], [1, 1], [0, 20], [1, 100]),
      lossChance: pick(0, 0, 0.02, 0.2),
      isOrdered: prng.chance(0.5),
    },
    mishapChance: pick(0, 0, 0.1),
    healChance: 0.3,
  };
}
