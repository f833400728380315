// What a client needs of the runtime it is on, Node included. Literal imports, so that bundlers see them.

import type { Host } from "../transport/host.ts";

/** Sockets, time and random bytes: a client needs no more. */
export type ClientHost = Pick<Host, "clock" | "randomBytes" | "transport">;

/** The platform a client runs on: Deno, Bun, or else Node (20 or later). */
export async function selectClientHost(): Promise<ClientHost> {
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  if ("Deno" in globalThis) {
    const { denoTransport } = await import("./deno/transport.ts");
    const { denoClock } = await import("./deno/clock.ts");
    return { transport: (onFault) => denoTransport(onFault), clock: denoClock(), randomBytes };
  }
  if ("Bun" in globalThis) {
    const { bunTransport } = await import("./bun/transport.ts");
    const { bunClock } = await import("./bun/clock.ts");
    return { transport: bunTransport, clock: bunClock(), randomBytes };
  }
  const { nodeTransport } = await import("./node/transport.ts");
  const { nodeClock } = await import("./node/clock.ts");
  return { transport: nodeTransport, clock: nodeClock(), randomBytes };
}
