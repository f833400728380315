// The client and the server in a conversation of 200 frames whose connection is lost at any byte, noticed or not.

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { converse, type Loss } from "./dialogue.ts";

/** Bytes from one cut to the next; `TCP_SERVER_TEST_CUT_STRIDE=1` cuts at every byte, as `make soak` does. */
const STRIDE = Number(process.env["TCP_SERVER_TEST_CUT_STRIDE"] ?? 13);

/** The last bytes are the Disconnect, after which nobody comes back. */
const DISCONNECT_BYTES = 13;

for (const loss of ["reset", "silence"] as const satisfies Loss[]) {
  test(`a conversation of 200 frames loses nothing wherever its connection breaks: ${loss}`, async () => {
    const whole = await converse(Infinity, loss);
    assert.ok(whole.frames >= 200, `${whole.frames} frames`);
    assert.equal(whole.connections, 1);
    for (let cutAt = 1; cutAt < whole.bytes - DISCONNECT_BYTES; cutAt += STRIDE) {
      const { connections } = await converse(cutAt, loss);
      assert.equal(connections, 2, `${loss} at byte ${cutAt}`);
    }
  });
}
