// Claims about listen(), accept and connect(): addresses, refusals, and a listener that goes on.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { Cases } from "./harness.ts";
import type { Side } from "./side.ts";
import { LOOPBACK, type Stage } from "./stage.ts";

const END_TOO = { end: (side: Side) => side.end() };

export const LISTENING_CASES: Cases = {
  async "listening on port 0 gives real ports, each its own"(stage) {
    const addresses = [stage.listen(), stage.listen()].map(({ listener }) => listener.address);
    for (const { host, port } of addresses) {
      assert.equal(host, LOOPBACK.host);
      assert(Number.isInteger(port) && port > 0 && port < 65_536, `port ${port}`);
    }
    assert.notEqual(addresses[0]!.port, addresses[1]!.port);
    await stage.settle();
  },

  async "listening where somebody listens throws with a cause, and disturbs nobody"(stage) {
    const { listener, accepted } = stage.listen();
    assert.throws(() => stage.listen({}, listener.address), (error) => {
      return error instanceof Error && error.cause !== undefined;
    });
    stage.connect(listener.address);
    await stage.until("the first listener accepts", () => accepted.length === 1);
  },

  async "connecting where nobody listens calls failed, once"(stage) {
    const { listener } = stage.listen();
    listener.close();
    const dialed = stage.connect(listener.address);
    await stage.until("connect() has answered", () => Object.keys(dialed).length > 0);
    assert(dialed.error instanceof Error);
    await stage.settle();
    assert.equal(dialed.side, undefined);
  },

  async "a closed listener accepts nobody, and what it accepted lives on"(stage) {
    const { client, server, listener } = await stage.pair();
    for (let i = 0; i < 2; i++) listener.close();
    const late = stage.connect(listener.address);
    await stage.until("connect() has failed", () => late.error !== undefined);
    client.send(100_000);
    server.send(100_000);
    await stage.until("both sides have everything", () => {
      return client.received === 100_000 && server.received === 100_000;
    });
  },

  async "a listener that is closed inside accept accepts none of those who wait"(stage) {
    const host = stage.listen({ open: () => host.listener.close() });
    const greeting = { open: (side: Side) => side.send(1000), ...END_TOO };
    const dialed = Array.from({ length: 20 }, () => {
      return stage.connect(host.listener.address, greeting);
    });
    await stage.until("all but one have failed or are closed", () => {
      return dialed.filter(({ side, error }) => (error ?? side?.closed) != null).length === 19;
    });
    await stage.until("the one is served", () => host.accepted[0]!.received === 1000);
    assert.equal(host.accepted.length, 1);
  },

  async "a port is free again once its listener is closed"(stage) {
    const first = stage.listen().listener;
    first.close();
    await stage.settle(); // a runtime may need a turn for it
    const { listener, accepted } = stage.listen({}, first.address);
    stage.connect(listener.address);
    await stage.until("the new listener accepts", () => accepted.length === 1);
  },

  async "both sides know each other's IPv4 address"(stage) {
    await assertPeers(stage, "127.0.0.1");
  },

  async "both sides know each other's IPv6 address"(stage) {
    if (await hasHost("::1")) await assertPeers(stage, "::1");
    else stage.skipped = "this machine has no ::1";
  },

  async "100 connections at once are all accepted"(stage) {
    const { listener, accepted } = stage.listen();
    const dialed = Array.from({ length: 100 }, () => stage.connect(listener.address));
    await stage.until("all are open", () => {
      return accepted.length === 100 && dialed.every(({ side }) => side !== undefined);
    });
  },

  async "accept goes on after 300 connections that leave at once, in every way"(stage) {
    const { listener, accepted } = stage.listen(END_TOO);
    const leave: ((side: Side) => void)[] = [
      (side) => side.end(),
      (side) => side.terminate(),
      (side) => (side.send(1000), side.end()),
      (side) => (side.send(1000), side.terminate()),
    ];
    for (let i = 0; i < 300; i++) {
      const dialed = stage.connect(listener.address, { open: leave[i % leave.length]! });
      await stage.until("the client has left", () => dialed.side?.closed != null);
    }
    await stage.until("the server's sides are closed", () => {
      return accepted.every((side) => side.closed !== null);
    });
    const before = accepted.length;
    stage.connect(listener.address, { open: (side) => side.send(1000) });
    await stage.until("a new one is served", () => accepted[before]?.received === 1000);
  },
};

async function assertPeers(stage: Stage, host: string): Promise<void> {
  const { listener, accepted } = stage.listen({}, { host, port: 0 });
  assert.equal(listener.address.host, host);
  const dialed = [0, 1].map(() => stage.connect(listener.address));
  await stage.until("both sides are open", () => {
    return accepted.length === 2 && dialed.every(({ side }) => side !== undefined);
  });
  const ports = new Set([listener.address.port]);
  for (const { side } of dialed) {
    assert.deepEqual({ ...side!.peer }, { host, port: listener.address.port });
  }
  for (const { peer } of accepted) {
    assert.equal(peer.host, host);
    ports.add(peer.port);
  }
  assert.equal(ports.size, 3, "each client has a port of its own");
}

/** Whether this machine has an address, asked past the transport. */
function hasHost(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });
}
