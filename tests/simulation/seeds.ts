// The seeds that failed once, kept in seeds.txt: a line is a seed, with the simulation's name before it where that is
// not the first one, and what it showed.

import { appendFileSync, readFileSync } from "node:fs";

/** The simulations there are: clients as they come, clients that come back, and several nodes to come back to. */
export type Simulation = "wire" | "resume" | "nodes";

const FILE = new URL("seeds.txt", import.meta.url);

/** The seeds on which `simulation` failed once. */
export function failedSeeds(simulation: Simulation): number[] {
  const lines = readFileSync(FILE, "utf8").split("\n").map((line) =>
    line.replace(/#.*/, "").trim()
  );
  return lines.filter((line) => line !== "").map((line) => line.split(" ")).flatMap((words) => {
    const [name, seed] = words.length > 1 ? words : ["wire", words[0]];
    return name === simulation ? [Number(seed)] : [];
  });
}

/** Keeps a seed that failed. */
export function keepSeed(simulation: Simulation, seed: number, reason: string): void {
  const name = simulation === "wire" ? "" : `${simulation} `;
  appendFileSync(FILE, `${name}${seed} # ${reason}\n`);
}

/** `error`, saying which seed it comes from. */
export function seedFailure(simulation: Simulation, seed: number, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const name = simulation === "wire" ? "" : `${simulation} `;
  return new Error(`Seed ${name}${seed} fails (add it to seeds.txt): ${reason}`, { cause });
}
