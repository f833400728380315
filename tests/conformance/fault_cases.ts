// Claims about handlers that throw: one connection ends, the fault is told, and everything else goes on.

import assert from "node:assert/strict";
import type { Cases } from "./harness.ts";
import { actInside, CALLBACKS, insideEach } from "./inside.ts";
import type { Stage } from "./stage.ts";

export const FAULT_CASES: Cases = {
  async "a connection is terminated already when its fault is reported"(stage) {
    let taken = -1;
    await actInside(stage, "server", "data", (side) => {
      stage.onFault = () => taken = side.write(1);
      throw new Error("A fault");
    });
    await stage.until("the fault is reported", () => takeFaults(stage).length === 1);
    assert.equal(taken, 0);
  },

  ...insideEach(
    CALLBACKS,
    (name) => `a fault inside ${name} ends that connection only, and is reported once`,
    async (stage, role, callback) => {
      const bystander = await stage.pair();
      const fault = new Error(`A fault in ${callback}`);
      const { actor, other, host } = await actInside(stage, role, callback, () => {
        throw fault;
      });
      // Where accept or opened throws there is no handler that could hear of the end.
      const handled = callback !== "open";
      await stage.until("the connection is closed on both sides", () => {
        return (actor.closed !== null || !handled) && other?.closed !== null;
      });
      await stage.settle();
      assert.deepEqual(takeFaults(stage), [fault]);
      if (handled && callback !== "close") assert.equal(actor.closed, "terminated");
      if (!handled) assert.deepEqual(actor.calls, ["open"]);

      const next = stage.connect(host.listener.address, { open: (side) => side.send(10) });
      bystander.client.send(1000);
      await stage.until("the others go on", () => {
        return host.accepted.at(-1)!.received === 10 && bystander.server.received === 1000;
      });
      assert.equal(next.error, undefined);
    },
  ),
};

function takeFaults(stage: Stage): unknown[] {
  return stage.faults.splice(0);
}
