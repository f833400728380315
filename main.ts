// Starts the program from source; an executable is started by a file that tools/build makes in its place.

import { main } from "./src/cli/program.ts";

// Not only where this is the program's main module: a worker starts this file too.
await main({ commit: "unknown", target: "source" });
