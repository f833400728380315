// A Handshake that arrives when its client has long come back on another connection.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "../../../src/client/client.ts";
import { makePlatform } from "../../../src/client/platform.ts";
import type { Connection, Transport } from "../../../src/transport/transport.ts";
import { Stage } from "../server/stage.ts";

/** A transport that holds back what is written on its second connection. */
function holdingBack(inner: Transport) {
  const held: Uint8Array[] = [];
  const connections: Connection[] = [];
  const connect: Transport["connect"] = (to, opened, failed) =>
    inner.connect(to, (connection) => {
      const isSecond = connections.push(connection) === 2;
      return opened({
        peer: connection.peer,
        pause: () => connection.pause(),
        resume: () => connection.resume(),
        end: () => connection.end(),
        terminate: () => connection.terminate(),
        write(bytes, frozen) {
          if (!isSecond) return connection.write(bytes, frozen);
          held.push(bytes.slice());
          return bytes.length;
        },
      });
    }, failed);
  return { held, connections, transport: { ...inner, connect } };
}

test("a Handshake that comes late takes no session away from its client", () => {
  const stage = new Stage();
  const { world, address } = stage;
  const { held, connections, transport } = holdingBack(stage.transport);
  const host = {
    clock: world.clock,
    randomBytes: (length: number) => new Uint8Array(length).fill(1),
    transport: () => transport,
  };
  const platform = makePlatform(host, (callback) => void world.clock.schedule(0, callback));
  const client = new Client({ address, connectTimeoutMs: 500 }, platform);
  const isOpen = () => client.state.state === "open";
  world.runUntil(isOpen);
  const { state } = client;
  world.streamOf(connections[0]!).reset();
  world.runUntil(() => !isOpen());
  world.runUntil(isOpen);
  assert.deepEqual([held.length, connections.length], [1, 3]);
  stage.settle();
  stage.connect().send(held[0]!);
  stage.settle();
  assert.deepEqual(client.state, { ...state, recovered: true });
});
