// Budgets of the whole server: what all queues, and all incomplete frames, may hold together.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADER_BYTES } from "../../../src/limits/wire.ts";
import { Stage, type StageOptions } from "./stage.ts";

const MIB = 1024 * 1024;

/** A server that may use 4 MiB, so that each budget is 1 MiB. */
function small(options: StageOptions = {}): Stage {
  return new Stage({ memoryBytes: 4 * MIB, network: { bufferBytes: 1000 }, ...options });
}

/** The beginning of a Request of 16 MiB. */
function begun(bytes: number): Uint8Array {
  const part = new Uint8Array(HEADER_BYTES + bytes);
  part.set([0x00, 0xff, 0xff, 0xff, 0x10]);
  return part;
}

test("when all queues together are over their budget, the largest one's session goes, and only that", () => {
  const stage = small();
  const clients = Array.from({ length: 4 }, () => stage.open());
  for (const client of clients) client.connection.pause();
  clients[2]!.session.push(broadcast(200_000));
  stage.app.broadcast(new Uint8Array(200_000));
  assert.equal(stage.closed("over_budget"), 0);
  stage.app.broadcast(new Uint8Array(100_000));
  assert.deepEqual(clients.map(({ session }) => session.ending?.name), [
    undefined,
    undefined,
    "over_budget",
    undefined,
  ]);
  assert.ok(stage.server.held.outbound <= MIB);
  stage.settle();
  stage.checkSums();
});

test("when incomplete frames together are over their budget, the session that holds most goes", () => {
  const stage = small({ network: { bufferBytes: MIB } });
  const clients = Array.from({ length: 5 }, () => stage.open());
  clients.forEach((client, i) => client.send(begun(i === 3 ? 100_000 : 60_000)));
  stage.run(1000);
  assert.equal(stage.closed("over_budget"), 0);
  clients[0]!.send(new Uint8Array(1_000_000));
  stage.run(1000);
  assert.equal(stage.closed("over_budget"), 1);
  assert.equal(
    clients[0]!.session.ending?.name,
    "over_budget",
    "it holds more than the others by now",
  );
  assert.ok(stage.server.held.inbound <= MIB);
});

test("thousands of frames that announce 16 MiB and stop cost what was sent, not what was announced", () => {
  const stage = small({ limits: { frameTimeoutMs: 3_600_000 } });
  for (let i = 0; i < 2000; i++) stage.open().send(begun(10));
  stage.settle();
  assert.equal(stage.closed("over_budget"), 0);
  assert.ok(stage.server.held.inbound < 2000 * 300, `${stage.server.held.inbound}`);
});

test("what sessions held is given back when they end, however they end", () => {
  const stage = small();
  const clients = Array.from({ length: 3 }, () => stage.open());
  clients[0]!.connection.pause();
  stage.app.broadcast(new Uint8Array(50_000));
  clients[1]!.send(begun(5000));
  clients[2]!.send(begun(5000));
  stage.run(100);
  assert.ok(stage.server.held.inbound > 0 && stage.server.held.outbound > 0);
  for (const client of clients) client.connection.terminate();
  stage.run(10_000);
  assert.deepEqual({ ...stage.server.held }, { inbound: 0, outbound: 0 });
});

function broadcast(bytes: number): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + bytes);
  new DataView(frame.buffer).setUint32(0, bytes + 9);
  frame[4] = 0x13;
  return frame;
}
