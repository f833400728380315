// The conformance suite on the simulated network: a benign one, and one on which nothing comes whole.

import { simHarness } from "./sim_harness.ts";
import { conformance } from "./suite.ts";

conformance(simHarness("sim", 1, {}));

conformance(simHarness("sim, slow and choppy", 2, {
  latencyMs: [0, 50],
  segmentBytes: [1, 3_000],
  bufferBytes: 10_000,
  shortWriteChance: 0.2,
  stallChance: 0.001,
}));
