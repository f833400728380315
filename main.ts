// The program: finds its platform, does what the command line asks, and exits. The only place that exits.

import type { BuildInfo } from "./src/cli/build_info.ts";
import { EXIT_CODE } from "./src/cli/exit_code.ts";
import { runCli } from "./src/cli/run.ts";
import { serve } from "./src/cli/serve/serve.ts";
import { selectHost } from "./src/runtime/select_host.ts";

/** Runs the program; `build` is what only a build knows about it. */
export async function main(build: BuildInfo): Promise<void> {
  const host = await selectHost();
  try {
    host.exit(await runCli(host, build, { serve, fetch }));
  } catch (error) {
    host.stderr(`${error instanceof Error ? error.message : error}\n`);
    host.exit(EXIT_CODE.failed);
  }
}

if (import.meta.main) await main({ commit: "unknown", target: "source" });
