// Makes a connection full, so that cases can show what happens then.

import assert from "node:assert/strict";
import type { Side } from "./side.ts";
import type { Stage } from "./stage.ts";

/** More than kernels and an adapter hold for a peer that does not read. */
const FULL_BYTES_MAX = 64 * 1024 * 1024;

/** How often a kernel may find more room while nobody reads. */
const ROUNDS_MAX = 500;

/** Writes to a peer that does not read until nothing is taken. Leaves `writer` with a promise of room. */
export async function fill(stage: Stage, writer: Side): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX && writer.sent < FULL_BYTES_MAX; round++) {
    writeAll(writer, 64 * 1024);
    await stage.settle();
    if (!writer.roomPromised) continue;
    writeAll(writer, 1000); // what a runtime got rid of without saying so
    return;
  }
  assert.fail("a peer that does not read holds up the writer");
}

function writeAll(writer: Side, pieceBytes: number): void {
  while (writer.sent < FULL_BYTES_MAX && writer.write(pieceBytes) > 0);
}
