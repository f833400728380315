// Who is let in: as many as may, the others with an Error that says when to come back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../../src/base/prng.ts";
import { RETRY_AFTER_MS_MAX, RETRY_AFTER_MS_MIN } from "../../../src/limits/refusal.ts";
import { type Client, handshake, request } from "./client.ts";
import { Stage } from "./stage.ts";

const BAD_FRAME = Uint8Array.of(0, 0, 0, 0);

test("one more than may be is refused with server_full, and the others notice nothing", () => {
  const stage = new Stage({ limits: { maxConnections: 2 } });
  const [one, other] = [stage.open(), stage.open()];
  const refused = stage.connect();
  refused.send(handshake(), request(1, "let me in"));
  one.send(request(1, "a"));
  other.send(request(1, "b"));
  stage.settle();
  assert.deepEqual(refused.heard, ["error 0 server_full", "fin", "ended"]);
  const { reconnect, retryAfterMs } = refused.lastEnd;
  assert.equal(reconnect, "yes");
  assert(retryAfterMs! >= RETRY_AFTER_MS_MIN && retryAfterMs! <= RETRY_AFTER_MS_MAX);
  assert.deepEqual([one.heard, other.heard], [["response 1 a"], ["response 1 b"]]);
});

test("a refused connection never is a session: it is counted, logged as refused, and not listed", () => {
  const stage = new Stage({ limits: { maxConnections: 1 } });
  stage.open();
  const refused = stage.connect();
  assert.deepEqual([stage.server.registry.size, refused.session.registryIndex], [1, -1]);
  assert.deepEqual([...stage.server.counters.refused], [["server_full", 1]]);
  assert.deepEqual([...stage.server.counters.closed], [["server_full,server", 1]]);
  assert.equal(stage.server.counters.accepted, 2);
  assert.deepEqual([stage.logged("refused").length, stage.logged("session ended").length], [1, 0]);
  assert.equal(stage.logged("refused")[0]!.name, "server_full");
});

test("the refused are told different times, over the whole range", () => {
  const stage = new Stage({ limits: { maxConnections: 1 } });
  stage.open();
  const times = Array.from({ length: 200 }, () => {
    const refused = stage.connect();
    stage.settle();
    return refused.lastEnd.retryAfterMs!;
  });
  assert(times.every((ms) => ms >= RETRY_AFTER_MS_MIN && ms <= RETRY_AFTER_MS_MAX));
  assert(new Set(times).size > 150, "different");
  const span = RETRY_AFTER_MS_MAX - RETRY_AFTER_MS_MIN;
  assert(Math.max(...times) - Math.min(...times) > 0.9 * span, "spread");
});

test("a place is free when its session ends, not when its socket is gone", () => {
  const stage = new Stage({ limits: { maxConnections: 1 } });
  const first = stage.open();
  first.closesOnFin = false;
  first.send(BAD_FRAME);
  stage.settle();
  assert.equal(stage.world.openStreams.size, 1);
  const second = stage.open();
  assert.equal(second.session.state, "active");
});

test("the counts are right after many have come and gone in many ways", () => {
  const stage = new Stage({ limits: { maxConnections: 20 } });
  const prng = new Prng(1);
  const clients: Client[] = [];
  const ends: ((client: Client) => void)[] = [
    (client) => client.end(),
    (client) => client.connection.terminate(),
    (client) => client.send(BAD_FRAME),
  ];
  for (let i = 0; i < 600; i++) {
    clients.push(stage.connect());
    if (prng.chance(0.4)) stage.run(1);
    while (prng.chance(0.45) && clients.length > 0) {
      const [client] = clients.splice(prng.between(0, clients.length - 1), 1);
      ends[prng.between(0, ends.length - 1)]!(client!);
    }
    const { registry } = stage.server;
    assert(registry.size <= 20, `${registry.size}`);
  }
  assert(stage.closed("server_full") > 50 && stage.closed("transport_lost") > 50);
  for (const client of clients) client.end();
  stage.run(5000);
  stage.checkEmpty();
  for (let i = 0; i < 20; i++) stage.open();
  assert.equal(stage.server.registry.size, 20);
});

test("a connection that closes without a byte is a probe: counted apart, and a debug line", () => {
  const stage = new Stage();
  for (const closes of ["end", "terminate"] as const) {
    stage.connect().connection[closes]();
    stage.settle();
  }
  assert.equal(stage.server.counters.probes, 2);
  assert.deepEqual(stage.log.map(({ level, event }) => `${level} ${event}`), [
    "debug session ended",
    "debug session ended",
  ]);
});

test("who sent a byte, or waited until it was timed out, is no probe", () => {
  const stage = new Stage();
  const brief = stage.connect();
  brief.send(Uint8Array.of(0));
  stage.settle();
  brief.end();
  stage.connect();
  stage.run(stage.limits.handshakeTimeoutMs + 100);
  assert.equal(stage.server.counters.probes, 0);
  assert.deepEqual(stage.log.map(({ level, fields }) => [level, fields.name]), [
    ["info", "transport_lost"],
    ["info", "handshake_timeout"],
  ]);
});
