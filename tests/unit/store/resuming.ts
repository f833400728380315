// Clients that come back, on a stage or on the one after it: what the tests of kept sessions share.

import { Stage, type StageOptions } from "../server/stage.ts";
import { type Disk, memoryStore } from "./memory_store.ts";

export { ack, ask, comeBack, lose, open, type Welcome } from "../server/resuming.ts";

/** A stage whose sessions are kept on `disk`, with a route `echo`. */
export function stageOn(disk: Disk, options: StageOptions = {}, wallNow?: () => number): Stage {
  const routes: StageOptions["routes"] = (app) => {
    app.route("echo", (c) => c.bytes());
    options.routes?.(app);
  };
  return new Stage({ ...options, routes, store: memoryStore(disk, wallNow) });
}

/** Drains the server of `stage` to its end; what there was to say was said. */
export async function drain(stage: Stage): Promise<void> {
  const drained = stage.app.drain();
  stage.run(15_000);
  await drained;
  stage.checkEmpty();
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
