// Claims about terminate() and resets.

import assert from "node:assert/strict";
import { fill } from "./fill.ts";
import type { Cases } from "./harness.ts";
import { actInside, CALLBACKS, insideEach } from "./inside.ts";
import type { Side } from "./side.ts";

const PAUSED = { open: (side: Side) => side.pause() };
const END_TOO = { end: (side: Side) => side.end() };

// That only onClose follows terminate() is checked by Side, always.
export const TERMINATING_CASES: Cases = {
  async "terminate() drops what is unsent, and the peer gets a prefix and its end"(stage) {
    const { client, server } = await stage.pair({ server: { ...PAUSED, ...END_TOO } });
    await fill(stage, client);
    client.terminate();
    await stage.until("the caller is closed", () => client.closed === "terminated");
    await stage.settle();
    server.resume();
    await stage.until("the peer is closed", () => server.closed !== null);
    assert(server.received < client.sent, "what waited in the adapter is gone");
  },

  async "terminate() closes at once, whatever the peer does"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    await fill(stage, client);
    client.end();
    client.pause();
    for (let i = 0; i < 2; i++) client.terminate();
    await stage.until("the caller is closed", () => client.closed === "terminated");
    await stage.settle();
    assert.deepEqual(client.calls.at(-1), "close terminated");
    assert.equal(server.received, 0);
  },

  async "terminate() after both sides sent FIN closes a stream that is not read to its end"(stage) {
    const { client, server } = await stage.pair({ client: PAUSED, server: END_TOO });
    client.end();
    await stage.until("the peer is closed", () => server.closed === "ended");
    client.terminate();
    await stage.until("the caller is closed", () => client.closed === "terminated");
  },

  async "terminate() with bytes unread closes the peer with a reset"(stage) {
    for (const reader of [{}, PAUSED]) {
      const { client, server } = await stage.pair({ client: reader, server: PAUSED });
      await fill(stage, client);
      server.terminate();
      await stage.until("both are closed", () => client.closed !== null && server.closed !== null);
      assert.deepEqual([client.closed, server.closed], ["reset", "terminated"]);
    }
  },

  async "a reset after end() closes with a reset"(stage) {
    const { client, server } = await stage.pair({ server: PAUSED });
    await fill(stage, client);
    client.end();
    server.terminate();
    await stage.until("both are closed", () => client.closed !== null && server.closed !== null);
    assert.equal(client.closed, "reset");
  },

  ...insideEach(
    CALLBACKS,
    (name) => `terminate() inside ${name} closes both sides`,
    async (stage, role, callback) => {
      const { actor, other } = await actInside(stage, role, callback, (side) => {
        side.terminate();
        assert.equal(side.write(1000), 0);
      });
      await stage.until("both are closed", () => {
        return actor.closed !== null && other?.closed !== null;
      });
      if (callback !== "close") assert.equal(actor.closed, "terminated");
      const last = callback === "close" ? [] : [callback];
      assert.deepEqual(actor.calls.slice(-last.length - 1), [...last, `close ${actor.closed}`]);
    },
  ),
};
