// Claims about listeners that share a port. What is shared is found by listening without sharing first: on port 0.

import assert from "node:assert/strict";
import type { Address } from "../../src/transport/transport.ts";
import type { Cases } from "./harness.ts";
import type { Side } from "./side.ts";
import { type Listening, LOOPBACK, type Stage } from "./stage.ts";

/** So many that no listener is left out by chance: one of three is in one case of 10^10. */
const CONNECTIONS = 64;

const END_TOO = { end: (side: Side) => side.end() };

export const SHARING_CASES: Cases = {
  async "listeners that share a port get connections, each of them"(stage) {
    const at = await freeAddress(stage);
    const listening = [1, 2, 3].map(() => stage.listen(END_TOO, at, true));
    await connectAll(stage, at, listening);
    for (const { accepted } of listening) assert(accepted.length > 0);
  },

  async "a shared listener that is closed leaves its port to the others, and may come back"(stage) {
    const at = await freeAddress(stage);
    const [first, second] = [1, 2].map(() => stage.listen(END_TOO, at, true)) as [
      Listening,
      Listening,
    ];
    first.listener.close();
    await stage.settle();
    await connectAll(stage, at, [second]);
    assert.equal(first.accepted.length, 0);
    const third = stage.listen(END_TOO, at, true);
    await connectAll(stage, at, [second, third]);
    assert(third.accepted.length > 0);
  },

  async "a port is shared only where both say so"(stage) {
    for (const [first, second] of [[false, true], [true, false]] as const) {
      const at = await freeAddress(stage);
      const { accepted } = stage.listen(END_TOO, at, first);
      assert.throws(() => stage.listen(END_TOO, at, second), (error) => {
        return error instanceof Error && error.cause !== undefined;
      });
      const dialed = stage.connect(at);
      await stage.until(
        "the first listener accepts",
        () => accepted.length === 1 && dialed.side !== undefined,
      );
    }
  },

  async "a port that was shared is free again once all have closed, after connections too"(stage) {
    const at = await freeAddress(stage);
    const listening = [1, 2].map(() => stage.listen(END_TOO, at, true));
    await connectAll(stage, at, listening);
    for (const { accepted } of listening) for (const side of accepted) side.end();
    for (const { listener } of listening) listener.close();
    await stage.settle();
    const { accepted } = stage.listen(END_TOO, at);
    const dialed = stage.connect(at);
    await stage.until(
      "the new listener accepts",
      () => accepted.length === 1 && dialed.side !== undefined,
    );
  },
};

/** An address where nobody listens any more, and nobody else will for now. */
async function freeAddress(stage: Stage): Promise<Address> {
  const { listener } = stage.listen({}, LOOPBACK);
  listener.close();
  await stage.settle();
  return listener.address;
}

async function connectAll(
  stage: Stage,
  at: Address,
  listening: readonly Listening[],
): Promise<void> {
  const before = sum(listening);
  const dialed = Array.from({ length: CONNECTIONS }, () => stage.connect(at, END_TOO));
  await stage.until(
    "all are accepted",
    () => sum(listening) === before + CONNECTIONS && dialed.every(({ side }) => side !== undefined),
  );
}

function sum(listening: readonly Listening[]): number {
  return listening.reduce((total, { accepted }) => total + accepted.length, 0);
}
