// The program: finds its platform, does what the command line asks, and exits. The only place that exits.

import { selectHost } from "../runtime/select_host.ts";
import type { BuildInfo } from "./build_info.ts";
import { EXIT_CODE } from "./exit_code.ts";
import { runCli } from "./run.ts";
import { serve } from "./serve/serve.ts";

/** Runs the program, or the worker that this thread is; `build` is what only a build knows about it. */
export async function main(build: BuildInfo): Promise<void> {
  const host = await selectHost();
  // What goes wrong in a worker crashes it: the supervisor hears of that.
  if (host.supervisor !== null) return await (await import("./serve/worker.ts")).runWorker(host);
  try {
    host.exit(await runCli(host, build, { serve, fetch }));
  } catch (error) {
    host.stderr(`${error instanceof Error ? error.message : error}\n`);
    host.exit(EXIT_CODE.failed);
  }
}
