// The one place that finds out which runtime it is on. Literal imports, so that compilers see them.

import type { Host } from "../transport/host.ts";

/**
 * The platform this program runs on.
 *
 * @throws {Error} If it is neither Deno nor Bun.
 */
export async function selectHost(): Promise<Host> {
  if ("Deno" in globalThis) return (await import("./deno/host.ts")).denoHost();
  if ("Bun" in globalThis) return (await import("./bun/host.ts")).bunHost();
  throw new Error("Cannot run on this runtime: it is neither Deno nor Bun");
}
