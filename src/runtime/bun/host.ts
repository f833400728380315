// Bun as the platform of the program.

import type { Host } from "../../transport/host.ts";
import { processHost } from "../process.ts";
import type { BunApi } from "./api.ts";
import { bunClock } from "./clock.ts";
import { bunTransport } from "./transport.ts";

declare const Bun: BunApi;

/** The host on Bun. */
export function bunHost(): Host {
  return {
    ...processHost(),
    runtime: `bun ${Bun.version}`,
    clock: bunClock(),
    transport: bunTransport,
  };
}
