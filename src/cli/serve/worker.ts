// One worker of the server: a node of its own, led by the supervisor.

import type { Host } from "../../transport/host.ts";

/** Runs this thread as a worker. */
export function runWorker(_host: Host): Promise<void> {
  return Promise.reject(new Error("Workers are not made yet"));
}
