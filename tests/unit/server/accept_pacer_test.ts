// A storm of new connections under an accept rate: a queue at the door, in order, and no longer than five seconds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { handshake } from "./client.ts";
import { Stage } from "./stage.ts";

const RATE = 10;

/** So many clients that connect at once and shake hands. */
function storm(stage: Stage, count: number) {
  const clients = Array.from({ length: count }, () => stage.connect());
  for (const client of clients) client.send(handshake());
  return clients;
}

test("sessions over the rate wait, and are admitted in order, at the rate", () => {
  const stage = new Stage({ limits: { acceptRate: RATE } });
  const clients = storm(stage, 30);
  stage.settle();
  const open = () => clients.map(({ session }) => session.isOpen);
  assert.equal(open().filter((isOpen) => isOpen).length, 1);
  for (const seconds of [1, 2]) {
    stage.run(1000);
    const admitted = open().lastIndexOf(true) + 1;
    assert.ok(Math.abs(admitted - (1 + seconds * RATE)) <= 1, `${admitted} after ${seconds} s`);
    assert.ok(open().slice(0, admitted).every((isOpen) => isOpen), "in the order of arrival");
  }
  stage.run(1000);
  assert.ok(open().every((isOpen) => isOpen));
});

test("time at the door does not count: the handshake time-out starts at admission", () => {
  const stage = new Stage({ limits: { acceptRate: RATE, handshakeTimeoutMs: 500 } });
  const clients = Array.from({ length: 20 }, () => stage.connect());
  stage.run(1700);
  clients[19]!.send(handshake());
  stage.run(400);
  assert.equal(clients[0]!.session.ending?.name, "handshake_timeout");
  assert.ok(clients[19]!.session.isOpen);
});

test("who would wait longer than five seconds is refused, and told to come back after that", () => {
  const stage = new Stage({ limits: { acceptRate: RATE } });
  const clients = storm(stage, 60);
  stage.settle();
  const refused = clients.filter(({ session }) => session.ending?.name === "server_full");
  // One is admitted at once and 50 wait; while they come a few more may be admitted.
  assert.ok(refused.length >= 7 && refused.length <= 9, `${refused.length}`);
  assert.ok(refused.every(({ lastEnd }) => lastEnd.retryAfterMs! >= 5000));
  stage.run(6000);
  assert.equal(clients.filter(({ session }) => session.isOpen).length, 60 - refused.length);
});

test("who leaves while waiting takes nobody's place", () => {
  const stage = new Stage({ limits: { acceptRate: RATE } });
  const clients = storm(stage, 30);
  stage.settle();
  for (const client of clients.slice(1, 21)) client.connection.terminate();
  stage.run(1100);
  assert.ok(clients.slice(21).every(({ session }) => session.isOpen));
  stage.checkSums();
});

test("a drain sends away those who wait, too", () => {
  const stage = new Stage({ limits: { acceptRate: RATE, drainGraceMs: 100 } });
  const clients = storm(stage, 30);
  stage.settle();
  stage.server.drain(() => {});
  stage.run(5000);
  assert.ok(clients.every(({ session }) => session.ending?.name === "draining"));
  stage.checkEmpty();
});

test("after a quiet time a tenth of a second's worth comes in at once, and no timer runs meanwhile", () => {
  const stage = new Stage({ limits: { acceptRate: 100 } });
  stage.run(60_000);
  assert.equal(stage.world.timers, 0);
  const clients = storm(stage, 20);
  stage.run(10);
  const open = clients.filter(({ session }) => session.isOpen).length;
  assert.ok(open >= 9 && open <= 16, `${open} of 20, which took a few milliseconds to come`);
});
