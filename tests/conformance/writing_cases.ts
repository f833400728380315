// Claims about write(): what it takes, what it keeps of it, and when there is room again.

import assert from "node:assert/strict";
import { fill } from "./fill.ts";
import type { Cases } from "./harness.ts";
import type { Side } from "./side.ts";

const MIB = 1024 * 1024;
const PAUSED = { open: (side: Side) => side.pause() };

export const WRITING_CASES: Cases = {
  async "a short write, and more of them, promise exactly one onWritable"(stage) {
    let writables = 0;
    const { client, server } = await stage.pair({
      client: { writable: () => void writables++ },
      server: PAUSED,
    });
    await fill(stage, client);
    const before = writables;
    server.resume();
    await stage.until("everything is read", () => server.received === client.sent);
    await stage.until("there is room", () => !client.roomPromised);
    await stage.settle();
    assert.equal(writables, before + 1);
  },

  async "onWritable means that there is room"(stage) {
    const taken: number[] = [];
    const { client } = await stage.pair({
      client: { writable: (side) => taken.push(side.write(1)) },
    });
    for (let i = 0; i < 5; i++) {
      while (client.write(65_536) === 65_536);
      await stage.until("there is room", () => taken.length > i);
    }
    assert.deepEqual(taken, [1, 1, 1, 1, 1]);
  },

  async "end() takes the promise of onWritable back"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    await fill(stage, client);
    client.end();
    server.resume();
    await stage.until("everything is read", () => server.calls.includes("end"));
    await stage.settle();
    assert(client.roomPromised);
  },

  async "a writer that goes on at onWritable gets everything through"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    client.send(24 * MIB);
    await stage.settle();
    server.resume();
    await stage.until("everything is read", () => server.received === 24 * MIB);
  },

  async "bytes that are not frozen may be overwritten as soon as write() returns"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    await fill(stage, client); // each piece is scribbled over, also those that wait in the adapter
    server.resume();
    await stage.until("everything is read", () => server.received === client.sent);
  },

  async "a frozen buffer of several MiB arrives whole"(stage) {
    const { client, server } = await stage.pair();
    client.pieceBytes = () => 8 * MIB;
    client.frozen = () => true;
    client.send(8 * MIB);
    await stage.until("everything is read", () => server.received === 8 * MIB);
  },

  async "an empty write takes nothing and promises nothing"(stage) {
    const { client, server } = await stage.pair();
    for (const frozen of [true, false]) assert.equal(client.write(0, frozen), 0);
    await stage.settle();
    assert.deepEqual([server.calls, client.calls], [["open"], ["open"]]);
  },

  async "a connection that does not read is written to, and writes, all the same"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    client.send(1000);
    server.send(16 * MIB);
    await stage.until("everything is read", () => client.received === 16 * MIB);
    assert.equal(server.received, 0);
  },
};
