// The simulated world as a whole: it repeats itself, runs out of descriptors, and shows what is left.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "../../../../src/runtime/sim/world.ts";
import type { Connection } from "../../../../src/transport/transport.ts";
import { ANY, handler, loud, pair } from "./pair.ts";

test("the same seed gives the same events in the same order, another seed others", () => {
  const [first, second, other] = [history(7), history(7), history(8)];
  for (const what of ["data", "writable", "reset"]) {
    assert(first.filter((event) => event.includes(what)).length > 1, `${what} happens`);
  }
  assert.deepEqual(first, second);
  assert.notDeepEqual(first, other);
});

test("connections wait while descriptors run out, and are accepted as others close", () => {
  const world = new World(1);
  const transport = loud(world);
  const accepted: Connection[] = [];
  const opened: Connection[] = [];
  const listener = transport.listen(ANY, (connection) => {
    accepted.push(connection);
    return handler();
  });
  world.limitDescriptors(2);
  for (let i = 0; i < 5; i++) {
    const open = (connection: Connection) => (opened.push(connection), handler());
    transport.connect(listener.address, open, () => assert.fail("refused"));
  }
  world.runUntilIdle();
  assert.deepEqual([opened.length, accepted.length], [5, 2]);
  accepted[0]!.terminate();
  world.runUntilIdle();
  assert.equal(accepted.length, 3);
  world.limitDescriptors(Infinity);
  world.runUntilIdle();
  assert.equal(accepted.length, 5);
});

test("a listener that closes resets those who wait for descriptors, and frees everything", () => {
  const world = new World(1);
  const transport = loud(world);
  const closed: string[] = [];
  world.limitDescriptors(0);
  const listener = transport.listen(ANY, () => assert.fail("accepted"));
  const onClose = (how: string) => void closed.push(how);
  transport.connect(listener.address, () => handler({ onClose }), () => assert.fail("refused"));
  world.runUntilIdle();
  listener.close();
  world.runUntilIdle();
  assert.deepEqual([closed, world.openStreams.size], [["reset"], 0]);
});

test("open streams and timers are counted until they are gone", () => {
  const world = new World(1);
  const { client, server } = pair(world);
  assert.equal(world.openStreams.size, 1);
  const cancel = world.clock.schedule(10, () => {});
  world.clock.schedule(20, () => {});
  world.clock.afterIo(() => {});
  assert.equal(world.timers, 3);
  for (let i = 0; i < 2; i++) cancel();
  assert.equal(world.timers, 2);
  client.end();
  world.runUntilIdle();
  assert.deepEqual([world.openStreams.size, world.timers], [1, 0]);
  server.end();
  world.runUntilIdle();
  assert.equal(world.openStreams.size, 0);
  assert.throws(() => world.streamOf(client), /No open stream/);
});

test("runUntil() fails when nothing is left to happen, or when it takes too long", () => {
  const world = new World(1);
  assert.throws(() => world.runUntil(() => false), /nothing is left to happen/);
  const again = () => void world.clock.schedule(60_000, again);
  again();
  assert.throws(() => world.runUntil(() => false), /does not hold after/);
});

test("a listener on every address is reached at each, and keeps its port from others", () => {
  const world = new World(1);
  const transport = loud(world);
  let accepted = 0;
  const { address } = transport.listen({ host: "0.0.0.0", port: 80 }, () => {
    accepted++;
    return handler();
  });
  assert.throws(() => transport.listen({ host: "127.0.0.1", port: 80 }, () => handler()));
  for (const host of ["127.0.0.1", "10.0.0.1"]) {
    transport.connect({ ...address, host }, () => handler(), () => assert.fail("refused"));
  }
  world.runUntilIdle();
  assert.equal(accepted, 2);
});

// Ten clients that send to a server which echoes, on a network that does everything a network can.
function history(seed: number): string[] {
  const world = new World(seed, {
    latencyMs: [0, 100],
    segmentBytes: [1, 2000],
    bufferBytes: 4000,
    shortWriteChance: 0.2,
    stallChance: 0.02,
    resetChance: 0.002,
    corruptChance: 0.1,
  });
  const transport = loud(world);
  const events: string[] = [];
  const told = (name: string, connection: Connection) => {
    const tell = (what: string) => void events.push(`${world.clock.now()} ${name} ${what}`);
    return handler({
      onData(chunk) {
        tell(`data ${chunk.length} ${chunk.reduce((sum, byte) => sum + byte, 0)}`);
        connection.write(chunk, false);
      },
      onWritable: () => tell("writable"),
      onClose: (how) => tell(how),
    });
  };
  const listener = transport.listen(ANY, (connection) => told("server", connection));
  for (let i = 0; i < 10; i++) {
    transport.connect(listener.address, (connection) => {
      connection.write(new Uint8Array(3000).fill(i), true);
      return told(`client ${i}`, connection);
    }, () => events.push("refused"));
  }
  world.runFor(5_000);
  return events;
}
