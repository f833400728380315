// The whole server on the simulated network: any seed, and what always holds still does.

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { failedSeeds, seedFailure } from "./seeds.ts";
import { simulate } from "./simulate.ts";

/** Seeds that are run, from 1 on; `TCP_SERVER_TEST_SEEDS` sets another number. */
const SEEDS = Number(process.env["TCP_SERVER_TEST_SEEDS"] ?? 1000);

/** Ends that a simulation has to come across: were one missing, it would not be tried at all. */
const ENDS = [
  "normal,peer",
  "draining,server",
  "bad_length,server",
  "frame_too_large,server",
  "unknown_type,server",
  "bad_handshake,server",
  "handshake_required,server",
  "bad_payload,server",
  "frame_timeout,server",
  "handshake_timeout,server",
  "stale,server",
  "slow_consumer,server",
  "over_budget,server",
  "rate_limited,server",
  "server_full,server",
  "too_many_from_address,server",
  "transport_lost,network",
];

function run(seed: number) {
  try {
    return simulate(seed);
  } catch (cause) {
    throw seedFailure("wire", seed, cause);
  }
}

test("seeds that failed once hold", () => {
  for (const seed of failedSeeds("wire")) run(seed);
});

test("a seed gives the same history each time, and another seed another one", () => {
  assert.equal(run(1).digest, run(1).digest);
  assert.notEqual(run(1).digest, run(2).digest);
});

test(`${SEEDS} seeds hold, and between them sessions end in every way there is`, () => {
  const closed = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const end of run(seed).closed.keys()) closed.add(end);
  }
  if (SEEDS >= 1000) assert.deepEqual(ENDS.filter((end) => !closed.has(end)), []);
});
