// A client that does not read what everybody is told is ended as a slow consumer, and the others do not notice.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { BROADCAST, frame, handshake, NOTIFICATION, PING, PONG } from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { connectClient, connectSilent, type RawClient } from "./raw_client.ts";
import { type RunningServer, type Settings, startServer } from "./running_server.ts";

/** Far more than the buffers of the system take in for a peer that does not read. */
const BROADCASTS_MAX = 64;
const NEWS: Buffer = frame(NOTIFICATION, 0n, Buffer.alloc(512 * 1024, "news "));

async function meet(t: Cleanup, settings: Settings) {
  const server = await startServer(t, { handler: "chat", ...settings });
  const silent = await connectSilent(t, server.port);
  silent.send(handshake());
  await server.log.first("session opened");
  const talker = await connectClient(t, server.port);
  await talker.shakeHands();
  return { server, silent, talker };
}

async function tell(talker: RawClient): Promise<void> {
  talker.send(NEWS);
  assert.equal((await talker.next()).type, BROADCAST);
}

async function assertSlow(
  { server, silent, talker }: { server: RunningServer; silent: RawClient; talker: RawClient },
): Promise<void> {
  const { name, by } = await server.log.first("session ended");
  assert.deepEqual([name, by], ["slow_consumer", "server"]);
  talker.send(frame(PING, 1n));
  assert.equal((await talker.next()).type, PONG);
  assert.equal(server.log.of("session ended").length, 1);
  silent.read();
  await silent.rest();
}

test("a peer for whom more waits than outbound.bytes_max is a slow consumer", async (t) => {
  const met = await meet(t, { outbound_bytes_max: "64KiB", outbound_stall_timeout: "1h" });
  let told = 0;
  while (met.server.log.of("session ended").length === 0 && told++ < BROADCASTS_MAX) {
    await tell(met.talker);
  }
  await assertSlow(met);
});

test("a peer that takes no byte within outbound.stall_timeout is a slow consumer", async (t) => {
  const met = await meet(t, { outbound_bytes_max: "64MiB", outbound_stall_timeout: "100ms" });
  for (let told = 0; told < 20; told++) await tell(met.talker);
  await assertSlow(met);
});

for (const policy of ["drop_oldest", "keep_latest"]) {
  test(`with ${policy} a peer that does not read misses some, hears the last, and stays`, async (t) => {
    const settings = { outbound_broadcast_policy: policy, outbound_stall_timeout: "1h" };
    const { server, silent, talker } = await meet(t, settings);
    for (let told = 1; told <= BROADCASTS_MAX; told++) {
      talker.send(frame(NOTIFICATION, 0n, `${told}`.padEnd(256 * 1024)));
      await talker.next();
    }
    silent.read();
    await silent.next();
    const heard = [0];
    while (heard.at(-1)! < BROADCASTS_MAX) {
      const { payload } = await silent.next();
      const told = parseInt(payload.toString("latin1", 0, 8));
      assert.ok(told > heard.at(-1)!, "what is heard is heard in order");
      heard.push(told);
    }
    assert.ok(heard.length - 1 < BROADCASTS_MAX, "some were missed");
    silent.send(frame(PING, 1n));
    assert.equal((await silent.next()).type, PONG);
    assert.deepEqual(server.log.of("session ended"), []);
  });
}
