// The conformance suite on the runtime that runs it: Deno's adapter under Deno, Bun's under Bun.

import { loadAdapter } from "./adapter.ts";
import { RUNTIME_CASES } from "./runtime_cases.ts";
import { runtimeHarness } from "./runtime_harness.ts";
import { conformance, defineCases } from "./suite.ts";

const { name, transport, clock } = await loadAdapter();
const harness = runtimeHarness(name, transport, clock());

conformance(harness);
defineCases(harness, RUNTIME_CASES);
