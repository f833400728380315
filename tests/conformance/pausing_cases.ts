// Claims about pause() and resume().

import assert from "node:assert/strict";
import { fill } from "./fill.ts";
import type { Cases } from "./harness.ts";
import type { Side } from "./side.ts";

const MIB = 1024 * 1024;
const PAUSED = { open: (side: Side) => side.pause() };

// That nothing comes while paused is checked by Side, always: here it only has to be given the chance.
export const PAUSING_CASES: Cases = {
  async "a connection paused in accept or opened reads nothing until resume()"(stage) {
    const { client, server } = await stage.pair({ client: PAUSED, server: PAUSED });
    client.send(100_000);
    server.send(100_000);
    await stage.settle();
    assert.deepEqual([client.received, server.received], [0, 0]);
    client.resume();
    server.resume();
    await stage.until("both sides have everything", () => {
      return client.received === 100_000 && server.received === 100_000;
    });
  },

  async "pause() holds up the writer, and everything it wrote arrives after resume()"(stage) {
    const { client, server } = await stage.pair();
    client.send(MIB);
    await stage.until("reading has begun", () => server.received > 0);
    server.pause();
    await stage.until("the rest is written", () => client.sent === MIB || client.roomPromised);
    await fill(stage, client);
    const read = server.received;
    await stage.settle();
    assert.equal(server.received, read);
    server.resume();
    await stage.until("everything is read", () => server.received === client.sent);
  },

  async "pause() inside onData holds back the very next chunk"(stage) {
    let pausing = true;
    const { client, server } = await stage.pair({
      server: { data: (side) => pausing && side.pause() },
    });
    client.send(8 * MIB);
    for (let chunks = 1; chunks <= 4; chunks++) {
      await stage.until("the next chunk is there", () => server.chunks === chunks);
      await stage.settle();
      assert.equal(server.chunks, chunks);
      server.resume();
    }
    pausing = false;
    server.resume();
    await stage.until("everything is read", () => server.received === 8 * MIB);
  },

  async "pause() and resume() inside onData change nothing"(stage) {
    const { client, server } = await stage.pair({
      server: { data: (side) => (side.pause(), side.resume()) },
    });
    client.send(2 * MIB);
    client.end();
    await stage.until("everything is read", () => server.calls.includes("end"));
    assert.equal(server.received, client.sent);
  },

  async "resume() in a later turn goes on where pause() inside onData stopped"(stage) {
    const { client, server } = await stage.pair({
      server: {
        data(side) {
          side.pause();
          stage.clock.afterIo(() => side.resume());
        },
      },
    });
    client.send(2 * MIB);
    await stage.until("everything is read", () => server.received === 2 * MIB);
  },

  async "the last of several pause() and resume() calls counts"(stage) {
    const { client, server } = await stage.pair();
    for (let i = 0; i < 3; i++) server.pause();
    server.resume();
    client.send(1000);
    await stage.until("one resume() is enough", () => server.received === 1000);
    for (const change of ["resume", "pause", "resume", "pause"] as const) server[change]();
    client.send(1000);
    await stage.settle();
    assert.equal(server.received, 1000);
    for (const change of ["resume", "resume", "pause", "resume"] as const) server[change]();
    await stage.until("reading goes on", () => server.received === 2000);
  },

  async "pause() holds back onEnd"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    client.send(1000);
    client.end();
    await stage.settle();
    assert.deepEqual(server.calls, ["open"]);
    server.resume();
    await stage.until("the end is read", () => server.calls.includes("end"));
    assert.deepEqual([server.calls, server.received], [["open", "data", "end"], 1000]);
  },

  async "pause() holds back what is on its way already"(stage) {
    const { client, server } = await stage.pair();
    for (const send of [() => client.send(1000), () => client.end()]) {
      server.resume();
      await stage.settle();
      const { length } = server.calls;
      send();
      server.pause();
      await stage.settle();
      assert.equal(server.calls.length, length);
    }
    server.resume();
    await stage.until("the end is read", () => server.calls.includes("end"));
    assert.equal(server.received, 1000);
  },

  async "pause() inside the last onData holds back onEnd"(stage) {
    const { client, server } = await stage.pair({
      server: { data: (side) => side.received === 1000 && side.pause() },
    });
    client.send(1000);
    client.end();
    await stage.until("all data is read", () => server.received === 1000);
    await stage.settle();
    assert.deepEqual(server.calls, ["open", "data"]);
    server.resume();
    await stage.until("the end is read", () => server.calls.includes("end"));
  },

  async "a paused connection that both sides ended closes after resume()"(stage) {
    const { client, server } = await stage.pair({ client: PAUSED });
    client.end();
    server.end();
    await stage.until("the reading side is closed", () => server.closed === "ended");
    await stage.settle();
    assert.deepEqual(client.calls, ["open"]);
    client.resume();
    await stage.until("the other side is closed", () => client.closed === "ended");
    assert.deepEqual(client.calls, ["open", "end", "close ended"]);
  },

  async "a paused connection that both sides ended has lost nothing after resume()"(stage) {
    const { client, server } = await stage.pair({ client: PAUSED });
    await fill(stage, server);
    server.end();
    client.end();
    await stage.until("the client's FIN is read", () => server.calls.includes("end"));
    await stage.settle();
    assert.equal(client.received, 0);
    client.resume();
    await stage.until("both are closed", () => client.closed === "ended");
    assert.equal(client.received, server.sent);
  },

  async "a reset is noticed while paused"(stage) {
    const { client, server } = await stage.pair({ client: PAUSED, server: PAUSED });
    server.send(1000);
    await fill(stage, client);
    server.terminate();
    await stage.until("the reset is noticed", () => client.closed !== null);
    assert.equal(client.closed, "reset");
  },
};
