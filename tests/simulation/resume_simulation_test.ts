// Real clients on a network that breaks, with real servers that restart and crash: any seed, and nothing is lost unsaid
// or done twice.

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { simulateResume } from "./resume_simulate.ts";
import { failedSeeds, seedFailure } from "./seeds.ts";

/** Seeds that are run, from 1 on; `TCP_SERVER_TEST_SEEDS` sets another number. */
const SEEDS = Number(process.env["TCP_SERVER_TEST_SEEDS"] ?? 300);

/** What a simulation has to come across: were one missing, it would not be tried at all. */
const SIGHTS = [
  "resumed",
  "kept",
  "restored",
  "crashed",
  "fresh gap",
  "told gap",
  "found gap",
  "answer",
  "answer_lost by client",
  "answer_lost by server",
  "application by server",
  "cancelled by client",
  "cancelled by server",
  "handler_failed by server",
  "handler_timeout by client",
  "handler_timeout by server",
  "no_route by server",
  "normal by client",
  "too_many_in_flight by client",
  "too_many_in_flight by server",
  "transport_lost by client",
  "learnt",
  "question cancelled",
  "question handler_timeout",
  "question too_many_in_flight",
  "draining,server",
  "kicked,server",
  "normal,peer",
  "over_budget,server",
  "replaced,server",
  "resume_expired,network",
  "slow_consumer,server",
  "stale,server",
  "transport_lost,network",
];

async function run(seed: number) {
  try {
    return await simulateResume(seed);
  } catch (cause) {
    throw seedFailure("resume", seed, cause);
  }
}

test("seeds of clients that come back, which failed once, hold", async () => {
  for (const seed of failedSeeds("resume")) await run(seed);
});

test("a seed of clients that come back gives the same history each time", async () => {
  const digests: number[] = [];
  for (const seed of [1, 1, 2]) digests.push((await run(seed)).digest);
  assert.equal(digests[0], digests[1]);
  assert.notEqual(digests[1], digests[2]);
});

test(`${SEEDS} seeds hold whose clients come back, and between them everything happens that can`, async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const sight of (await run(seed)).seen) seen.add(sight);
  }
  if (SEEDS >= 300) assert.deepEqual(SIGHTS.filter((sight) => !seen.has(sight)), []);
});
