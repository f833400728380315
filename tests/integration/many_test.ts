// Many connections at once: all are served, all are counted, and none is left over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DISCONNECT, frame, handshake, REQUEST, RESPONSE } from "./frames.ts";
import { type Cleanup, programUnderTest, RUN } from "./program.ts";
import { connectClient } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

test("500 connections are served, 400 leave, and the drain counts 100", async (t) => {
  const server = await startServer(t);
  const clients = await Promise.all(
    Array.from({ length: 500 }, () => connectClient(t, server.port)),
  );
  await Promise.all(clients.map(async (client, index) => {
    await client.shakeHands();
    client.send(frame(REQUEST, BigInt(index), `${index}`));
    const { type, id, payload } = await client.next();
    assert.deepEqual([type, id, payload.toString()], [RESPONSE, BigInt(index), `${index}`]);
  }));

  const leaving = clients.splice(0, 400);
  for (const client of leaving) client.send(frame(DISCONNECT, 0n));
  for (const client of leaving) assert.equal((await client.rest()).end, "fin");
  for (const client of leaving) client.finish();

  server.program.signal("SIGTERM");
  for (const client of clients) {
    assert.equal((await client.next()).type, DISCONNECT);
    client.finish();
  }
  assert.equal(await server.program.exited(), 0);
  assert.equal((await server.log.first("draining"))["sessions"], 100);
  assert.equal(server.log.of("session opened").length, 500);
  assert.equal(server.log.of("session ended").length, 500);
});

/** Of one client that comes again and again: bounds what a server that is broken makes of the test. */
const VISITS_MAX = 500;

/** Connects until that is refused, and hangs up when told to. */
async function comeAgainAndAgain(t: Cleanup, port: number): Promise<void> {
  for (let visit = 0; visit < VISITS_MAX; visit++) {
    const client = await connectClient(t, port).catch(() => undefined);
    if (client === undefined) return;
    client.send(handshake());
    client.rest().then(() => client.finish(), () => {});
  }
}

const PROGRAMS: Readonly<Record<string, () => string[]>> = {
  "the executable": programUnderTest,
  "main.ts": () => [...RUN, "main.ts"],
};

for (const [name, command] of Object.entries(PROGRAMS)) {
  test(`${name} drains also while clients keep coming`, async (t) => {
    // Whether one comes in the very moment in which the server stops is luck: three times.
    for (let round = 0; round < 3; round++) {
      const server = await startServer(t, {}, command());
      const coming = Array.from({ length: 20 }, () => comeAgainAndAgain(t, server.port));
      await server.log.many("session opened", 20);
      server.program.signal("SIGTERM");
      assert.equal(await server.program.exited(), 0);
      await Promise.all(coming);
    }
  });
}
