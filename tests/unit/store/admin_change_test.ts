// What an administrator changes of a session is kept like everything else of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AdminStage } from "../admin/admin_stage.ts";
import { Disk, memoryStore } from "./memory_store.ts";
import { open, stageOn } from "./resuming.ts";

test("the user and the tags that an administrator gave a session outlive a crash", async () => {
  const disk = new Disk();
  const first = await AdminStage.open({ store: memoryStore(disk) });
  const { welcome: { session } } = open(first, { user: "ann" });
  first.run(2000);
  const body = { user: "bob", tags: { plan: "b" } };
  assert.equal((await first.ask(`PATCH /api/v1/sessions/${session}`, { body })).status, 200);
  first.run(2000);
  const { user, tags } = stageOn(disk, { seed: 2 }).app.session(session)!;
  assert.deepEqual({ user, tags }, body);
  first.context.close();
});
