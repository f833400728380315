// Servers that fall silent: asked in time, given up in time, and left alone while they talk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { shown, SLOT_MS, Stage, statesOf } from "./stage.ts";

test("a server that is silent is asked after two thirds of its time, and given up at its end", async () => {
  const stage = new Stage({ isDeaf: true });
  const client = await stage.open();
  const states = statesOf(client);
  await stage.run(60_000 + SLOT_MS);
  assert.deepEqual(stage.peer.last.heard, ["handshake 0", "ping 1"]);
  await stage.run(29_900);
  assert.deepEqual(states, []);
  await stage.run(200);
  assert.deepEqual(states.map(shown), ["waiting stale"]);
});

test("a server that talks is not asked, however long it takes", async () => {
  const stage = new Stage();
  const client = await stage.open();
  for (let minutes = 0; minutes < 5; minutes++) {
    await stage.run(59_000);
    stage.peer.broadcast("x");
    await stage.run();
  }
  assert.equal(client.state.state, "open");
  assert.equal(stage.peer.connections.length, 1);
  assert.deepEqual(stage.peer.last.heard, ["handshake 0"]);
});

test("a time-out shorter than the time to connect is kept", async () => {
  const stage = new Stage({ isDeaf: true, ack: { timeoutMs: 900 } });
  const client = await stage.open();
  const states = statesOf(client);
  await stage.run(700);
  assert.deepEqual(stage.peer.last.heard, ["handshake 0", "ping 1"]);
  await stage.run(300);
  assert.deepEqual(states.map(shown), ["waiting stale"]);
});

test("a network that swallows everything is noticed at the time-out, without TCP", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const states = statesOf(client);
  stage.world.streamOf(stage.peer.last.connection).cut();
  await stage.run(89_900);
  assert.deepEqual(states, []);
  await stage.run(2_000);
  assert.deepEqual(states.map(shown), [
    "waiting stale",
    "connecting 2",
    "open session-1 recovered",
  ]);
});

test("a server that never answers the Handshake is given up in time", async () => {
  const stage = new Stage();
  const { address } = stage.transport.listen({ host: "127.0.0.1", port: 0 }, () => ({
    onData() {},
    onWritable() {},
    onEnd() {},
    onClose() {},
  }));
  const client = stage.connect({ address, connectTimeoutMs: 2_000 });
  const states = statesOf(client);
  await stage.run(2_100);
  assert.deepEqual(states.map(shown), ["connecting 1", "waiting handshake_timeout"]);
});
