// The conformance suite with Node's adapter as the client's side, on the `node:net` of the runtime that runs it.

import { nodeTransport } from "../../src/runtime/node/transport.ts";
import { loadAdapter } from "./adapter.ts";
import { runtimeHarness } from "./runtime_harness.ts";
import { conformance } from "./suite.ts";

const { name, transport, clock } = await loadAdapter();
conformance(runtimeHarness(
  `node:net of ${name} to ${name}`,
  (onFault) => ({ ...transport(onFault), connect: nodeTransport(onFault).connect }),
  clock(),
));
