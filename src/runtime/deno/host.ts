// Deno as the platform of the program.

import type { Host } from "../../transport/host.ts";
import { processHost } from "../process.ts";
import { denoClock } from "./clock.ts";
import { denoServeHttp } from "./http.ts";
import { supervisorOfThread } from "../supervisor.ts";
import { startThread } from "../worker_thread.ts";
import { Sentinel } from "./sentinel.ts";
import { BACKLOG, denoTransport } from "./transport.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** The host on Deno; clock and sockets share one sentinel. */
export function denoHost(): Host {
  const sentinel = new Sentinel();
  return {
    // Node's `write` with a callback blocks the event loop on Deno; Deno's own does not.
    ...processHost(
      (bytes) => Deno.stdout.write(bytes),
      (bytes) => Deno.stderr.write(bytes),
      !Deno.noColor,
    ),
    runtime: `deno ${Deno.version.deno}`,
    // Memory as measured (docs/PERFORMANCE.md); of workers without sessions, with the admin API on: 88 MiB alone, 158
    // with two of them, 230 with four.
    facts: {
      backlog: BACKLOG,
      idleServerBytes: 70 * MIB,
      idleSessionBytes: 11 * KIB,
      workerBytes: 37 * MIB,
    },
    startWorker: (name, onMessage, onEnd) =>
      startThread(new URL(Deno.mainModule), name, onMessage, onEnd),
    supervisor: supervisorOfThread(),
    clock: denoClock(sentinel),
    serveHttp: denoServeHttp,
    transport: (onFault) => denoTransport(onFault, sentinel),
  };
}
