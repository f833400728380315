// The simulated network as a platform of the suite: waiting means stepping virtual time.

import assert from "node:assert/strict";
import type { NetworkOptions } from "../../src/runtime/sim/network.ts";
import { World } from "../../src/runtime/sim/world.ts";
import type { Harness } from "./harness.ts";

/** Far longer than anything takes that a case sets going. */
const SETTLE_MS = 60_000;

export function simHarness(name: string, seed: number, odds: Partial<NetworkOptions>): Harness {
  return {
    name,
    platform(onFault) {
      const world = new World(seed, odds);
      return {
        transport: world.transport(onFault),
        clock: world.clock,
        until(what, condition) {
          try {
            world.runUntil(condition);
          } catch (error) {
            return Promise.reject(new Error(`Waited until ${what}`, { cause: error }));
          }
          return Promise.resolve();
        },
        changed() {},
        settle() {
          world.runFor(SETTLE_MS);
          return Promise.resolve();
        },
        close() {
          assert.equal(world.openStreams.size, 0, "streams are left");
          assert.equal(world.timers, 0, "timers are left");
        },
      };
    },
  };
}
