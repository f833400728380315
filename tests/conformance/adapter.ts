// The adapter of the runtime at hand. The other one is not loaded: its platform is not there.

import type { Clock, Transport } from "../../src/transport/transport.ts";

export interface Adapter {
  readonly name: string;
  transport(onFault: (error: unknown) => void): Transport;
  clock(): Clock;
}

export async function loadAdapter(): Promise<Adapter> {
  if ("Deno" in globalThis) {
    const { denoTransport } = await import("../../src/runtime/deno/transport.ts");
    const { denoClock } = await import("../../src/runtime/deno/clock.ts");
    return { name: "deno", transport: (onFault) => denoTransport(onFault), clock: denoClock };
  }
  const { bunTransport } = await import("../../src/runtime/bun/transport.ts");
  const { bunClock } = await import("../../src/runtime/bun/clock.ts");
  return { name: "bun", transport: bunTransport, clock: bunClock };
}
