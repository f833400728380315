// Limits per address, per user and per session, kept or only observed; and that nothing is counted for ever.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { type Client, handshake, notification, request } from "./client.ts";
import { Later } from "./later.ts";
import { Stage, type StageOptions } from "./stage.ts";

const OBSERVE = { limitsMode: "observe" } as const;

function stageWith(limits: StageOptions["limits"], policies: StageOptions["policies"] = {}): Stage {
  return new Stage({ limits: limits!, policies: policies! });
}

function openAs(stage: Stage, user: string): Client {
  const client = stage.connect();
  client.send(handshake(JSON.stringify({ user })));
  stage.settle();
  return client;
}

test("one session too many from an address is refused, and there is room again when one leaves", () => {
  const stage = stageWith({ connectionsPerAddress: 2 });
  const clients = [stage.open(), stage.open(), stage.connect()];
  stage.settle();
  assert.deepEqual(clients.map(({ session }) => session.ending?.name), [
    undefined,
    undefined,
    "too_many_from_address",
  ]);
  const { code, reconnect, retryAfterMs } = clients[2]!.lastEnd;
  assert.deepEqual([code, reconnect], [1301, "yes"]);
  assert.ok(retryAfterMs! >= 1000 && retryAfterMs! <= 5000);
  assert.deepEqual([...stage.server.counters.refused], [["too_many_from_address", 1]]);
  clients[0]!.connection.terminate();
  stage.settle();
  assert.ok(stage.open().session.isOpen);
  stage.checkSums();
});

test("one session too many of a user replaces the oldest, which is told not to come back", () => {
  const stage = stageWith({ sessionsPerUser: 2 });
  const clients = ["eva", "eva", "otto", "eva"].map((user) => openAs(stage, user));
  assert.deepEqual(clients.map(({ session }) => session.ending?.name), [
    "replaced",
    undefined,
    undefined,
    undefined,
  ]);
  const { code, reconnect } = clients[0]!.lastEnd;
  assert.deepEqual([code, reconnect], [1003, "no"]);
});

test("under the policy `refuse` the new session goes, and is told when the oldest would be stale", () => {
  const stage = stageWith({ sessionsPerUser: 1 }, { sessionsPerUserPolicy: "refuse" });
  const first = openAs(stage, "eva");
  stage.run(20_000);
  const second = openAs(stage, "eva");
  assert.equal(first.session.ending, null);
  assert.equal(second.session.ending?.name, "too_many_for_user");
  const { retryAfterMs } = second.lastEnd;
  assert.ok(retryAfterMs! > 69_000 && retryAfterMs! <= 70_000, `${retryAfterMs}`);
});

test("users that nobody named are not counted together", () => {
  const stage = stageWith({ sessionsPerUser: 1 });
  const clients = [stage.open(), stage.open(), openAs(stage, "")];
  assert.ok(clients.every(({ session }) => session.isOpen));
});

test("one Request too many that runs is refused, and reading goes on", () => {
  const later = new Later();
  const stage = new Stage({ limits: { requestsInFlight: 2 }, fallback: later.handler });
  const client = stage.open();
  client.send(request(1, "a"), request(2, "b"), request(3, "c"));
  stage.settle();
  assert.deepEqual(client.heard, ["error 3 too_many_in_flight"]);
  later.answer();
  client.send(request(4, "d"));
  stage.settle();
  later.answer();
  stage.settle();
  assert.deepEqual(client.heard.slice(1), ["response 1 a", "response 2 b", "response 4 d"]);
});

test("frames over the rate end the session; a burst of two seconds' worth does not", () => {
  const stage = stageWith({ framesPerSecond: 10 });
  const client = stage.open();
  client.send(...Array.from({ length: 19 }, (_, i) => notification(i)));
  stage.settle();
  assert.ok(client.session.isOpen);
  client.send(notification(20), notification(21));
  stage.settle();
  assert.equal(client.session.ending?.name, "rate_limited");
  const { reconnect, retryAfterMs } = client.lastEnd;
  assert.deepEqual([reconnect, retryAfterMs! >= 1000], ["yes", true]);
});

test("a session that keeps to its rates lives for ever", () => {
  const stage = stageWith({ framesPerSecond: 10, bytesPerSecond: 1000 });
  const client = stage.open();
  for (let i = 0; i < 600; i++) {
    client.send(request(i, "x".repeat(80)));
    stage.run(101);
  }
  assert.ok(client.session.isOpen);
});

test("bytes over the rate end the session", () => {
  const stage = stageWith({ bytesPerSecond: 1000 });
  const client = stage.open();
  client.send(request(1, "x".repeat(1900)), request(2, "x".repeat(100)));
  stage.settle();
  assert.equal(client.session.ending?.name, "rate_limited");
});

test("observed limits let everything in, and count and log who would have been hit", () => {
  const later = new Later();
  const stage = new Stage({
    limits: {
      connectionsPerAddress: 1,
      sessionsPerUser: 1,
      requestsInFlight: 1,
      framesPerSecond: 5,
    },
    policies: OBSERVE,
    fallback: later.handler,
  });
  const clients = [openAs(stage, "eva"), openAs(stage, "eva")];
  clients[1]!.send(...Array.from({ length: 12 }, (_, i) => request(i)));
  stage.settle();
  later.answer();
  stage.settle();
  assert.ok(clients.every(({ session }) => session.isOpen));
  assert.equal(clients[1]!.frames.filter(({ type }) => type === FrameType.Response).length, 12);
  assert.deepEqual(Object.fromEntries(stage.server.counters.limitHits), {
    too_many_from_address: 1,
    too_many_for_user: 1,
    too_many_in_flight: 11,
    rate_limited: 1,
  });
  const logged = stage.log.filter(({ event }) => event === "limit");
  assert.equal(logged[0]!.fields["mode"], "observe");
});

test("whoever ends, in whatever way, is counted no more", () => {
  const stage = stageWith({ connectionsPerAddress: 1000, sessionsPerUser: 2 });
  const clients = Array.from({ length: 60 }, (_, i) => openAs(stage, `user ${i % 7}`));
  clients.forEach((client, i) => {
    if (i % 3 === 0) client.connection.terminate();
    else if (i % 3 === 1) client.connection.end();
    else client.send(Uint8Array.of(0, 0, 0, 0));
  });
  stage.run(10_000);
  const { registry, admission, users } = stage.server;
  assert.deepEqual([registry.size, admission.addresses, users.size], [0, 0, 0]);
});
