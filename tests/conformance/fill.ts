// Makes a connection full, so that cases can show what happens then.

import assert from "node:assert/strict";
import type { Side } from "./side.ts";
import type { Stage } from "./stage.ts";

const PIECE_BYTES = 64 * 1024;

/** More than kernels and an adapter hold for a peer that does not read. */
const FULL_BYTES_MAX = 64 * 1024 * 1024;

/** Writes to a peer that does not read until nothing more is taken. Leaves `writer` with a promise of room. */
export async function fill(stage: Stage, writer: Side): Promise<void> {
  do {
    while (writer.write(PIECE_BYTES) === PIECE_BYTES) {
      assert(writer.sent < FULL_BYTES_MAX, "a peer that does not read holds up the writer");
    }
    await stage.settle();
  } while (!writer.roomPromised); // the kernel has made more room
}
