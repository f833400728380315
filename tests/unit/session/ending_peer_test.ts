// The ends a peer asks for: with a Disconnect, or with a bare FIN.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LINGER_MS } from "../../../src/limits/lingering.ts";
import { disconnect, notification, request } from "../server/client.ts";
import { Later } from "../server/later.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

test("a Disconnect is answered with what is queued, then FIN; the session ended as normal", () => {
  const stage = new Stage();
  const client = stage.open();
  client.connection.pause();
  client.send(request(1, new Uint8Array(100_000)), request(2, "b"), disconnect());
  stage.settle();
  assert.deepEqual([...stage.server.counters.closed], [["normal,peer", 1]]);
  assert.deepEqual([client.session.state, stage.server.registry.size], ["disconnecting", 0]);
  client.resume();
  stage.settle();
  assert.deepEqual(client.heard, ["response 1 100000 bytes", "response 2 b", "fin", "ended"]);
  stage.checkEmpty();
});

test("what comes behind a Disconnect is thrown away", () => {
  const stage = new Stage();
  const client = stage.open();
  client.send(disconnect(), request(1), Uint8Array.of(0, 0, 0, 0), disconnect());
  client.send(notification(2));
  stage.settle();
  assert.deepEqual(client.heard, ["fin", "ended"]);
  assert.deepEqual([...stage.server.counters.closed], [["normal,peer", 1]]);
});

test("a peer that neither reads nor closes after its Disconnect is destroyed after two seconds", () => {
  const stage = new Stage();
  const [deaf, open] = [stage.open(), stage.open()];
  deaf.connection.pause();
  open.closesOnFin = false;
  deaf.send(request(1, new Uint8Array(200_000)), disconnect());
  open.send(disconnect());
  stage.settle();
  stage.run(LINGER_MS - 50);
  assert.deepEqual([deaf.session.state, open.heard], ["disconnecting", ["fin"]]);
  stage.run(50 + SLOT_MS);
  assert.deepEqual([deaf.heard, open.heard], [["reset"], ["fin", "reset"]]);
  stage.checkEmpty();
});

test("a Disconnect does not wait for Requests that run; their answers go nowhere", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler });
  const client = stage.open();
  client.send(request(1), disconnect());
  stage.settle();
  assert.deepEqual(client.heard, ["fin", "ended"]);
  later.answer();
  stage.settle();
  assert.deepEqual([client.heard.length, client.session.requestsRunning], [2, 0]);
  stage.checkEmpty();
});

test("after FIN without a Disconnect the Requests that run are still answered, then comes FIN", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler });
  const client = stage.open();
  client.send(request(1, "a"), request(2, "b"));
  client.end();
  stage.settle();
  assert.deepEqual([...stage.server.counters.closed], [["transport_lost,network", 1]]);
  assert.equal(stage.server.registry.size, 0);
  stage.app.broadcast(new Uint8Array(1));
  stage.run(5000);
  later.answer(1);
  stage.settle();
  assert.deepEqual(client.heard, ["response 1 a"]);
  later.answer();
  stage.settle();
  assert.deepEqual(client.heard, ["response 1 a", "response 2 b", "fin", "ended"]);
  stage.checkEmpty();
});

test("after FIN what was asked before it is answered although the peer reads slowly", () => {
  const stage = new Stage({ network: { segmentBytes: [30_000, 30_000] } });
  const client = stage.open();
  client.connection.pause();
  for (let id = 1; id <= 60; id++) client.send(request(id, new Uint8Array(10_000)));
  client.end();
  stage.settle();
  assert.equal(client.session.inbound.stopped, "held", "FIN waits behind Requests not yet served");
  while (client.heard.at(-1) !== "ended") {
    client.readOnce();
    stage.run(100);
  }
  assert.deepEqual(client.heard.slice(-2), ["fin", "ended"]);
  assert.equal(client.frames.length, 60);
  stage.checkEmpty();
});

test("what still runs when the request time-out is over is not waited for", () => {
  const later = new Later();
  const stage = new Stage({ fallback: later.handler, limits: { requestTimeoutMs: 3000 } });
  const client = stage.open();
  client.send(request(1, "a"), request(2, "b"));
  client.end();
  stage.settle();
  later.answer(1);
  stage.run(3000 - 50);
  assert.deepEqual(client.heard, ["response 1 a"]);
  stage.run(50 + SLOT_MS);
  assert.deepEqual(client.heard, ["response 1 a", "reset"]);
  stage.checkEmpty();
  later.answer();
  stage.settle();
});

test("FIN with nothing asked is answered with FIN, also inside a frame or before the handshake", () => {
  const stage = new Stage();
  const [idle, inside, before] = [stage.open(), stage.open(), stage.connect()];
  inside.send(request(1, "a").subarray(0, 9));
  for (const client of [idle, inside, before]) client.end();
  stage.settle();
  for (const client of [idle, inside, before]) assert.deepEqual(client.heard, ["fin", "ended"]);
  assert.equal(stage.closed("transport_lost"), 3);
  stage.checkEmpty();
});

test("FIN behind a Disconnect changes nothing", () => {
  const stage = new Stage();
  const client = stage.open();
  client.send(request(1), disconnect());
  client.end();
  stage.settle();
  assert.deepEqual(client.heard, ["response 1", "fin", "ended"]);
  assert.deepEqual([...stage.server.counters.closed], [["normal,peer", 1]]);
  stage.checkEmpty();
});
