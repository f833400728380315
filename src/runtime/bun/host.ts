// Bun as the platform of the program.

import { write } from "node:fs";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Host } from "../../transport/host.ts";
import { ownWords, startProcess } from "../own_process.ts";
import { processHost } from "../process.ts";
import { supervisorOfThread } from "../supervisor.ts";
import { startThread } from "../worker_thread.ts";
import type { BunApi } from "./api.ts";
import { bunClock } from "./clock.ts";
import { bunServeHttp } from "./http.ts";
import { bunTransport } from "./transport.ts";

const writeTo: (descriptor: number, bytes: Uint8Array) => Promise<number> = async (
  descriptor,
  bytes,
) => (await promisify(write)(descriptor, bytes)).bytesWritten;

declare const Bun: BunApi;

const KIB = 1024;
const MIB = 1024 * KIB;

/** Fixed in Bun: the option of this name does nothing. */
const BACKLOG = 512;

/** The host on Bun. */
export function bunHost(): Host {
  return {
    ...processHost(
      (bytes) => writeTo(1, bytes),
      (bytes) => writeTo(2, bytes),
      Bun.enableANSIColors,
    ),
    runtime: `bun ${Bun.version}`,
    // Memory as measured (docs/PERFORMANCE.md), the session's rounded up; of workers without sessions, with the admin
    // API on: 66 MiB alone, 106 with two of them, 145 with four. An executable adds 14 MiB for each and not 20.
    facts: {
      backlog: BACKLOG,
      idleServerBytes: 48 * MIB,
      idleSessionBytes: 3 * KIB,
      workerBytes: 20 * MIB,
    },
    startSelf: (args, env, onLine) =>
      startProcess(ownWords(Bun.main.startsWith("/$bunfs/")), args, env, onLine),
    startWorker: (name, onMessage, onEnd) =>
      startThread(pathToFileURL(Bun.main), name, onMessage, onEnd),
    // Asked first: the main thread need not load what tells more (see worker_thread.ts).
    supervisor: Bun.isMainThread ? null : supervisorOfThread(),
    clock: bunClock(),
    serveHttp: bunServeHttp,
    transport: bunTransport,
  };
}
