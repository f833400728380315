// The chat handler: what one says, all hear.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chat } from "../../../src/handlers/chat.ts";
import { disconnect, notification, request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";

test("a Notification becomes one Broadcast to everybody, who said it included", () => {
  const stage = new Stage({ fallback: chat });
  const clients = [stage.open(), stage.open(), stage.open()];
  clients[0]!.send(notification(7, "hello"));
  stage.settle();
  for (const client of clients) assert.deepEqual(client.heard, ["broadcast 0 hello"]);
});

test("a Request does too, and is answered with an empty Response of its id", () => {
  const stage = new Stage({ fallback: chat });
  const [one, other] = [stage.open(), stage.open()];
  one.send(request(7, "hello"), request(8));
  stage.settle();
  assert.deepEqual(one.heard.toSorted(), [
    "broadcast 0",
    "broadcast 0 hello",
    "response 7",
    "response 8",
  ]);
  assert.deepEqual(other.heard, ["broadcast 0 hello", "broadcast 0"]);
});

test("everybody hears the Broadcasts in the same order", () => {
  const stage = new Stage({
    fallback: chat,
    network: { latencyMs: [1, 30], segmentBytes: [5, 90] },
  });
  const clients = Array.from({ length: 8 }, () => stage.open());
  for (let round = 0; round < 10; round++) {
    clients.forEach((client, i) => client.send(notification(round, `${i} says ${round}`)));
    stage.run(10);
  }
  stage.run(2000);
  assert.equal(clients[0]!.heard.length, 80);
  for (const client of clients) assert.deepEqual(client.heard, clients[0]!.heard);
});

test("Active and Idle sessions hear it; those before their handshake, or ended, do not", () => {
  const stage = new Stage({ fallback: chat, limits: { idleAfterMs: 1000 } });
  const idle = stage.open();
  stage.run(1100);
  const [connecting, ended, speaker] = [stage.connect(), stage.open(), stage.open()];
  ended.closesOnFin = false;
  ended.send(disconnect());
  stage.settle();
  assert.deepEqual([idle.session.state, ended.session.state], ["idle", "disconnecting"]);
  speaker.send(notification(1, "hello"));
  stage.settle();
  assert.deepEqual([idle.heard, speaker.heard], [["broadcast 0 hello"], ["broadcast 0 hello"]]);
  assert.deepEqual([connecting.heard, ended.heard], [[], ["fin"]]);
});

test("who does not read is held by his own words, and ended by those of others", () => {
  const limits = { outboundBytesHigh: 5000, outboundBytesMax: 10_000 };
  const stage = new Stage({ fallback: chat, limits, network: { bufferBytes: 1000 } });
  const [deaf, other] = [stage.open(), stage.open()];
  deaf.connection.pause();
  for (let id = 1; id <= 9; id++) deaf.send(request(id, new Uint8Array(4000)));
  stage.run(500);
  assert.deepEqual([deaf.session.state, deaf.session.inbound.stopped], ["active", "held"]);
  for (let id = 1; id <= 3; id++) other.send(request(id, new Uint8Array(4000)));
  stage.run(500);
  assert.equal(deaf.session.ending!.name, "slow_consumer");
  assert.deepEqual(other.heard.filter((line) => line.startsWith("response")), [
    "response 1",
    "response 2",
    "response 3",
  ]);
});
