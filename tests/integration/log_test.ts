// The log of a server whose reader stands still.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DISCONNECT, frame } from "./frames.ts";
import { connectClient } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

test("a log that nobody reads holds up no client, and nothing of it is lost", async (t) => {
  const server = await startServer(t);
  server.program.holdOutput();
  // Several times what a pipe and the buffers behind it hold, and less than the server keeps.
  for (let session = 0; session < 1000; session++) {
    const client = await connectClient(t, server.port);
    await client.shakeHands();
    client.send(frame(DISCONNECT, 0n));
    await client.rest();
    client.finish();
  }
  server.program.readOutputOn();
  await server.log.many("session ended", 1000);
  server.program.signal("SIGTERM");
  assert.equal(await server.program.exited(), 0);
  assert.equal(server.log.of("session opened").length, 1000);
});
