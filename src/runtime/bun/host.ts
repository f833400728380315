// Bun as the platform of the program.

import { write } from "node:fs";
import { promisify } from "node:util";
import type { Host } from "../../transport/host.ts";
import { processHost } from "../process.ts";
import type { BunApi } from "./api.ts";
import { bunClock } from "./clock.ts";
import { bunTransport } from "./transport.ts";

const writeTo: (descriptor: number, bytes: Uint8Array) => Promise<number> = async (
  descriptor,
  bytes,
) => (await promisify(write)(descriptor, bytes)).bytesWritten;

declare const Bun: BunApi;

/** The host on Bun. */
export function bunHost(): Host {
  return {
    ...processHost((bytes) => writeTo(1, bytes), (bytes) => writeTo(2, bytes)),
    runtime: `bun ${Bun.version}`,
    clock: bunClock(),
    transport: bunTransport,
  };
}
