// The client and the server in a conversation of 200 frames whose connection is lost at any byte, noticed or not.

import { test } from "node:test";
import { cutEverywhere, LOSSES } from "./dialogue.ts";

/** Bytes from one cut to the next, for a test of seconds; `make soak` cuts at every byte. */
const STRIDE = 13;

for (const loss of LOSSES) {
  test(`a conversation of 200 frames loses nothing wherever its connection breaks: ${loss}`, async () => {
    await cutEverywhere(loss, STRIDE);
  });
}
