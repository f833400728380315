// Questions of the server to a session that it took over from the process before.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Disk } from "./memory_store.ts";
import { comeBack, drain, open, stageOn } from "./resuming.ts";

test("a question of the next process has no id that a question before had: its client would answer from memory", async () => {
  const disk = new Disk();
  const ids: number[] = [];
  const first = stageOn(disk);
  let { client, welcome } = open(first);
  for (let process = 1, stage = first; process <= 4; process++) {
    const handle = stage.app.session(welcome.session)!;
    for (let i = 0; i < 10; i++) handle.request("q", "?").catch(() => {});
    stage.settle();
    ids.push(...client.frames.filter(({ payload }) => payload.length > 0).map(({ id }) => id));
    // One of them ends without a word, once it has saved what it must.
    if (process === 3) stage.run(2000);
    else await drain(stage);
    stage = stageOn(disk, { seed: 1 + process });
    ({ client, welcome } = comeBack(stage, welcome));
  }
  const asked = ids.filter((id) => id > 0);
  assert.ok(asked.length >= 40 && asked.every(Number.isSafeInteger), `${asked}`);
  assert.equal(new Set(asked).size, asked.length);
});
