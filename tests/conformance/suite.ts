// The transport conformance suite: everything transport.ts promises, as cases that run on any implementation.

import { test } from "node:test";
import { BYTES_CASES } from "./bytes_cases.ts";
import { CLOCK_CASES } from "./clock_cases.ts";
import { ENDING_CASES } from "./ending_cases.ts";
import { FAULT_CASES } from "./fault_cases.ts";
import type { Cases, Harness } from "./harness.ts";
import { LISTENING_CASES } from "./listening_cases.ts";
import { PAUSING_CASES } from "./pausing_cases.ts";
import { SHARING_CASES } from "./sharing_cases.ts";
import { Stage } from "./stage.ts";
import { TERMINATING_CASES } from "./terminating_cases.ts";
import { WRITING_CASES } from "./writing_cases.ts";

const CASES: Cases = {
  ...LISTENING_CASES,
  ...SHARING_CASES,
  ...BYTES_CASES,
  ...WRITING_CASES,
  ...PAUSING_CASES,
  ...ENDING_CASES,
  ...TERMINATING_CASES,
  ...FAULT_CASES,
  ...CLOCK_CASES,
};

/** Longer than a case waits for anything: its own message says more than the runner's. */
const CASE_MS_MAX = 60_000;

/** Holds a transport to the contract. */
export function conformance(harness: Harness): void {
  defineCases(harness, CASES);
}

/** Defines one test for each case. */
export function defineCases(harness: Harness, cases: Cases): void {
  for (const [claim, run] of Object.entries(cases)) {
    test(`${harness.name}: ${claim}`, { timeout: CASE_MS_MAX }, async (t) => {
      const stage = new Stage(harness);
      try {
        await run(stage);
      } finally {
        stage.leave();
      }
      await stage.clear();
      if (stage.skipped !== null) t.skip(stage.skipped);
    });
  }
}
