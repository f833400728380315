// Claims about the clock. Its delays are what is claimed here; no other case waits for any.

import assert from "node:assert/strict";
import type { Cases } from "./harness.ts";
import type { Stage } from "./stage.ts";

export const CLOCK_CASES: Cases = {
  async "schedule() calls back once, no earlier than it was asked to"(stage) {
    const { clock } = stage;
    const started = clock.now();
    const waited: number[] = [];
    for (const delayMs of [20, 0, 5]) {
      clock.schedule(delayMs, () => {
        waited.push(delayMs);
        assert(clock.now() >= started + delayMs, `${clock.now() - started} ms of ${delayMs}`);
        stage.changed();
      });
    }
    assert.deepEqual(waited, [], "nothing is called before schedule() returned");
    await stage.until("all were called", () => waited.length >= 3);
    await stage.settle();
    assert.deepEqual(waited, [0, 5, 20]);
  },

  async "a cancelled callback is not called, and cancelling twice or late is harmless"(stage) {
    const { clock } = stage;
    const called: string[] = [];
    const schedule = (delayMs: number, name: string) =>
      clock.schedule(delayMs, () => {
        called.push(name);
        stage.changed();
      });
    const cancel = [schedule(0, "first"), schedule(5, "cancelled")];
    schedule(10, "last");
    for (let i = 0; i < 2; i++) cancel[1]!();
    await stage.until("the last was called", () => called.includes("last"));
    for (const late of cancel) late();
    assert.deepEqual(called, ["first", "last"]);
  },

  async "now() never goes back"(stage) {
    let [last, turns] = [stage.clock.now(), 0];
    await turn(stage, () => {
      assert(stage.clock.now() >= last);
      last = stage.clock.now();
      return ++turns < 100;
    });
  },

  async "afterIo() calls back once, and not before it returned"(stage) {
    let calls = 0;
    stage.clock.afterIo(() => (calls++, stage.changed()));
    assert.equal(calls, 0);
    await stage.until("it was called", () => calls > 0);
    await stage.settle();
    assert.equal(calls, 1);
  },

  async "work in slices, one each afterIo(), does not keep bytes from coming"(stage) {
    const { client, server } = await stage.pair({ server: { data: (side) => side.send(1) } });
    client.send(1);
    await turn(stage, () => client.received === 0);
    assert.equal(server.received, 1);
  },
};

/** Calls `slice` each afterIo for as long as it returns true. */
async function turn(stage: Stage, slice: () => boolean): Promise<void> {
  let goesOn = true;
  const next = () => {
    goesOn = slice();
    if (goesOn) stage.clock.afterIo(next);
    stage.changed();
  };
  stage.clock.afterIo(next);
  await stage.until("the slices are done", () => !goesOn);
}
