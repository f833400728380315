// Claims about end(): FIN after what was written, and reading on until the peer's own.

import assert from "node:assert/strict";
import { fill } from "./fill.ts";
import type { Cases } from "./harness.ts";
import { actInside, insideEach } from "./inside.ts";
import type { Side } from "./side.ts";

const MIB = 1024 * 1024;
const END_TOO = { end: (side: Side) => side.end() };

export const ENDING_CASES: Cases = {
  async "a stream that both sides end closes as ended, once, on both"(stage) {
    const { client, server } = await stage.pair({ server: END_TOO });
    client.send(1000);
    client.end();
    await stage.until("both are closed", () => client.closed !== null && server.closed !== null);
    await stage.settle();
    assert.deepEqual(client.calls, ["open", "end", "close ended"]);
    assert.deepEqual(server.calls, ["open", "data", "end", "close ended"]);
    assert.equal(server.received, 1000);
  },

  async "a stream that both sides end at the same time closes as ended on both"(stage) {
    const { client, server } = await stage.pair();
    client.send(100_000);
    server.send(100_000);
    for (const side of [client, server]) side.end();
    await stage.until("both are closed", () => client.closed !== null && server.closed !== null);
    for (const side of [client, server]) {
      assert.deepEqual(side.calls, ["open", "data", "end", "close ended"]);
    }
  },

  async "after end() everything the peer sends is still read"(stage) {
    const { client, server } = await stage.pair({
      server: { end: (side) => side.send(8 * MIB) },
    });
    client.end();
    await stage.until("everything is read", () => client.received === 8 * MIB);
    assert.equal(client.closed, null);
    server.end();
    await stage.until("both are closed", () => {
      return client.closed === "ended" && server.closed === "ended";
    });
  },

  async "the peer's FIN does not stop what waits to be written"(stage) {
    const { client, server } = await stage.pair({ client: { open: (side) => side.pause() } });
    server.send(16 * MIB);
    client.end();
    await stage.until("FIN is read", () => server.calls.includes("end"));
    client.resume();
    await stage.until("everything is read", () => client.received === 16 * MIB);
  },

  async "end() loses nothing of what was taken, however much waits"(stage) {
    const { client, server } = await stage.pair({ server: { open: (side) => side.pause() } });
    await fill(stage, client);
    client.end();
    await stage.settle();
    server.resume();
    await stage.until("FIN is read", () => server.calls.includes("end"));
    assert.equal(server.received, client.sent);
  },

  async "end() as the answer to FIN loses nothing of what was taken"(stage) {
    const { client, server } = await stage.pair({ client: { open: (side) => side.pause() } });
    await fill(stage, server);
    client.end();
    await stage.until("FIN is read", () => server.calls.includes("end"));
    server.end();
    await stage.settle();
    client.resume();
    await stage.until("both are closed", () => {
      return client.closed === "ended" && server.closed === "ended";
    });
    assert.equal(client.received, server.sent);
  },

  async "end() twice sends FIN once, and nothing is taken after it"(stage) {
    const { client, server } = await stage.pair();
    client.send(1000);
    client.end();
    for (let i = 0; i < 2; i++) {
      assert.equal(client.write(1000), 0);
      client.end();
    }
    await stage.until("FIN is read", () => server.calls.includes("end"));
    await stage.settle();
    assert.deepEqual([server.received, server.calls], [1000, ["open", "data", "end"]]);
  },

  async "after onClose every method does nothing, also inside it"(stage) {
    const useAll = (side: Side) => {
      assert.equal(side.write(1000), 0);
      side.pause();
      side.resume();
      side.end();
      side.terminate();
    };
    for (const how of ["end", "terminate"] as const) {
      const { client, server } = await stage.pair({
        client: { close: useAll, end: (side) => side.end() },
        server: { close: useAll, end: (side) => side.end() },
      });
      client[how]();
      await stage.until("both are closed", () => client.closed !== null && server.closed !== null);
      for (const side of [client, server, client]) useAll(side);
      await stage.settle();
    }
  },

  ...insideEach(
    ["open", "data", "writable", "end"],
    (name) => `end() inside ${name} sends FIN after what was taken`,
    async (stage, role, callback) => {
      const { actor, other } = await actInside(stage, role, callback, (side) => {
        side.write(1000);
        side.end();
      });
      await stage.until("the peer has read FIN", () => other!.calls.includes("end"));
      assert.equal(other!.received, actor.sent);
      if (callback !== "end") other!.end();
      await stage.until("both are closed", () => {
        return actor.closed === "ended" && other!.closed === "ended";
      });
    },
  ),
};
