// Real clients and several nodes that crash and lose each other, on a bus that loses what it is given: any seed, and a
// session is with one node, a Request runs once, and what is said to many is heard once.

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { simulateNodes } from "./nodes_simulate.ts";
import { failedSeeds, seedFailure } from "./seeds.ts";

/** Seeds that are run, from 1 on; `TCP_SERVER_TEST_SEEDS` sets another number. */
const SEEDS = Number(process.env["TCP_SERVER_TEST_SEEDS"] ?? 80);

/** What a simulation has to come across: were one missing, it would not be tried at all. */
const SIGHTS = [
  "lossless",
  "lossy",
  "mishap",
  "resumed",
  "taken over",
  "answer",
  "answer_lost by client",
  "answer_lost by server",
  "cancelled by server",
  "handler_timeout by server",
  "learnt",
  "question cancelled",
  "question handler_timeout",
  "draining,server",
  "kicked,server",
  "normal,peer",
  "replaced,server",
  "resume_expired,network",
  "too_many_for_user,server",
  "transport_lost,network",
];

async function run(seed: number) {
  try {
    return await simulateNodes(seed);
  } catch (cause) {
    throw seedFailure("nodes", seed, cause);
  }
}

test("seeds of several nodes that failed once hold", async () => {
  for (const seed of failedSeeds("nodes")) await run(seed);
});

test("a seed of several nodes gives the same history each time", async () => {
  const digests: number[] = [];
  for (const seed of [1, 1, 2]) digests.push((await run(seed)).digest);
  assert.equal(digests[0], digests[1]);
  assert.notEqual(digests[1], digests[2]);
});

test(`${SEEDS} seeds of several nodes hold, and between them everything happens that can`, async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const sight of (await run(seed)).seen) seen.add(sight);
  }
  if (SEEDS >= 80) assert.deepEqual(SIGHTS.filter((sight) => !seen.has(sight)), []);
});
