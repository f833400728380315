// The end after a fatal Error: what is dropped, what still arrives, and how long the socket lingers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LINGER_BYTES_MAX, LINGER_MS, LINGERING_MAX } from "../../../src/limits/lingering.ts";
import { fail } from "../../../src/session/ending.ts";
import { notification, request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const BAD_FRAME = Uint8Array.of(0, 0, 0, 0);

test("queued application frames are dropped, but the one that has begun arrives whole", () => {
  const stage = new Stage();
  const client = stage.open();
  client.connection.pause();
  for (let i = 0; i < 5; i++) stage.app.broadcast(new Uint8Array(100_000));
  client.send(BAD_FRAME);
  stage.settle();
  client.resume();
  stage.settle();
  const whole = "broadcast 0 100000 bytes";
  assert.deepEqual(client.heard, [whole, "error 0 bad_length", "fin", "ended"]);
  stage.checkEmpty();
});

test("the session is over at once: no session, counted and logged, while its socket lingers", () => {
  const stage = new Stage();
  const client = stage.open();
  client.closesOnFin = false;
  client.send(BAD_FRAME);
  stage.settle();
  assert.deepEqual([client.session.state, stage.server.registry.size], ["disconnecting", 0]);
  assert.deepEqual([...stage.server.counters.closed], [["bad_length,server", 1]]);
  assert.equal(stage.logged("session ended").length, 1);
  stage.app.broadcast(new Uint8Array(1));
  client.send(request(1), notification(2));
  stage.settle();
  assert.deepEqual(client.heard, ["error 0 bad_length", "fin"]);
});

test("the Error reaches a peer that is still sending, up to a MiB", () => {
  const stage = new Stage({ network: { bufferBytes: 4096 } });
  const client = stage.open();
  client.send(BAD_FRAME, new Uint8Array(LINGER_BYTES_MAX - 100_000));
  stage.run(1000);
  assert.deepEqual(client.heard, ["error 0 bad_length", "fin", "ended"]);
  stage.checkEmpty();
});

test("a peer that sends more than a MiB behind its end is cut off", () => {
  const stage = new Stage();
  const client = stage.open();
  client.closesOnFin = false;
  client.send(BAD_FRAME);
  stage.settle();
  client.send(new Uint8Array(LINGER_BYTES_MAX));
  stage.run(500);
  assert.deepEqual(client.heard, ["error 0 bad_length", "fin"]);
  client.send(new Uint8Array(1));
  stage.settle();
  assert.deepEqual(client.heard, ["error 0 bad_length", "fin", "reset"]);
  stage.checkEmpty();
});

test("a socket lingers until the peer's FIN, and two seconds at most", () => {
  const stage = new Stage();
  const [polite, rude] = [stage.open(), stage.open()];
  rude.closesOnFin = false;
  for (const client of [polite, rude]) client.send(BAD_FRAME);
  stage.settle();
  assert.equal(polite.heard.at(-1), "ended");
  const endedAt = stage.now - 20;
  while (stage.now < endedAt + LINGER_MS - 100) {
    rude.send(new Uint8Array(10));
    stage.run(100);
  }
  assert.equal(rude.heard.at(-1), "fin");
  stage.run(100 + SLOT_MS + 5);
  assert.equal(rude.heard.at(-1), "reset");
  stage.checkEmpty();
});

test("a peer that does not read is given two seconds for the Error, then destroyed", () => {
  const stage = new Stage();
  const [reading, deaf] = [stage.open(), stage.open()];
  for (const client of [reading, deaf]) {
    client.connection.pause();
    stage.app.broadcast(new Uint8Array(100_000));
    client.send(BAD_FRAME);
  }
  stage.settle();
  stage.run(LINGER_MS - 200);
  reading.resume();
  stage.run(200 + SLOT_MS);
  deaf.resume();
  stage.settle();
  assert.deepEqual(reading.heard.slice(-3), ["error 0 bad_length", "fin", "ended"]);
  assert.deepEqual(deaf.heard, ["reset"]);
  stage.checkEmpty();
});

test("a thousand sockets may linger at once; the next is closed, and counted, at once", () => {
  const stage = new Stage();
  const clients = Array.from({ length: LINGERING_MAX + 2 }, () => stage.open());
  const [last, first, ...rest] = clients;
  for (const client of [first!, ...rest]) {
    client.closesOnFin = false;
    client.send(BAD_FRAME);
  }
  stage.settle();
  const lingering = clients.filter((client) => client.heard.at(-1) === "fin");
  assert.equal(lingering.length, LINGERING_MAX);
  const [gone] = rest.slice(-1);
  assert.deepEqual([gone!.heard.at(-1), gone!.session.state], ["reset", "closed"]);
  assert.equal(stage.closed("bad_length"), LINGERING_MAX + 1);
  first!.connection.end();
  stage.settle();
  last!.send(BAD_FRAME);
  stage.settle();
  assert.deepEqual(last!.heard, ["error 0 bad_length", "fin", "ended"]);
});

test("a reset ends the session as transport_lost, and a lingering socket without a second end", () => {
  const stage = new Stage();
  const [live, lingering] = [stage.open(), stage.open()];
  lingering.closesOnFin = false;
  lingering.send(BAD_FRAME);
  stage.settle();
  live.connection.terminate();
  lingering.connection.terminate();
  stage.settle();
  assert.deepEqual([...stage.server.counters.closed].sort(), [
    ["bad_length,server", 1],
    ["transport_lost,network", 1],
  ]);
  assert.equal(stage.logged("session ended").length, 2);
  stage.checkEmpty();
});

test("what has failed does not fail again: one Error is sent, and the socket lingers no longer", () => {
  const stage = new Stage();
  const client = stage.open();
  client.closesOnFin = false;
  client.send(BAD_FRAME);
  stage.settle();
  const { deadlineAt } = client.session.closing!;
  stage.run(500);
  stage.server.enterTurn();
  fail(client.session, "internal", "A test said so");
  stage.server.leaveTurn();
  assert.deepEqual([...stage.server.counters.errors], [["bad_length", 1]]);
  assert.equal(client.session.closing!.deadlineAt, deadlineAt);
  stage.settle();
  assert.deepEqual(client.heard, ["error 0 bad_length", "fin"]);
});

test("a peer that reads only once it has sent all it had still gets the Error", () => {
  const stage = new Stage();
  const client = stage.open();
  client.connection.pause();
  for (let id = 1; id <= 100; id++) client.send(request(id, new Uint8Array(10_000)));
  stage.settle();
  assert.equal(client.session.inbound.stopped, "held");
  assert(client.hasUnsent);
  stage.server.enterTurn();
  fail(client.session, "internal", "A test said so");
  stage.server.leaveTurn();
  stage.run(1000);
  assert(!client.hasUnsent);
  client.resume();
  stage.settle();
  assert.deepEqual(client.heard.slice(-3), ["error 0 internal", "fin", "ended"]);
});
