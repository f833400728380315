// Each session that ends is counted once and logged once, by its name, by who ended it, and with what it did.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, disconnect, frame, handshake, ping, request } from "./client.ts";
import { SLOT_MS, Stage, type StageOptions } from "./stage.ts";

/** A way to end: what is done to an open client, and the name and the side that stand for it. */
interface Way {
  readonly ended: string;
  readonly options?: StageOptions;
  readonly does: (stage: Stage, client: Client) => void;
}

const WAYS: Way[] = [
  { ended: "normal,peer", does: (_, client) => client.send(disconnect()) },
  { ended: "transport_lost,network", does: (_, client) => client.end() },
  { ended: "transport_lost,network", does: (_, client) => client.connection.terminate() },
  {
    ended: "transport_lost,network",
    does: (stage, client) => stage.world.streamOf(client.connection).reset(),
  },
  { ended: "bad_length,server", does: (_, client) => client.send(new Uint8Array(4)) },
  { ended: "bad_handshake,server", does: (_, client) => client.send(handshake()) },
  { ended: "bad_payload,server", does: (_, client) => client.send(ping(1, new Uint8Array(65))) },
  { ended: "stale,server", does: (stage) => stage.run(stage.limits.sessionTimeoutMs + SLOT_MS) },
  {
    ended: "frame_timeout,server",
    does(stage, client) {
      client.send(Uint8Array.of(0));
      stage.run(stage.limits.frameTimeoutMs + 2 * SLOT_MS);
    },
  },
  {
    ended: "slow_consumer,server",
    does(stage, client) {
      client.connection.pause();
      for (let i = 0; i < 3; i++) stage.app.broadcast(new Uint8Array(1_000_000));
    },
  },
  { ended: "draining,server", does: (stage) => stage.server.drain(() => {}) },
];

test("every way to end is counted and logged once, with its name and who did it", () => {
  for (const { ended, options = {}, does } of WAYS) {
    const stage = new Stage(options);
    const client = stage.open();
    does(stage, client);
    stage.run(5000);
    assert.deepEqual([...stage.server.counters.closed], [[ended, 1]]);
    const [line, ...others] = stage.logged("session ended");
    assert.deepEqual([`${line!.name},${line!.by}`, others], [ended, []]);
    assert.equal(line!.session, client.session.id);
    stage.checkEmpty();
  }
});

test("an end is logged with who it was, how long it lasted, and what came and went", () => {
  const stage = new Stage();
  const client = stage.open('{"user": "ann", "client": "meter/2"}');
  const { session } = client;
  stage.run(session.createdAt + 2500 - stage.now);
  client.send(request(1, "hello"), frame(0x13, 0), new Uint8Array(4));
  stage.settle();
  const { host, port } = session.peer;
  assert.deepEqual(stage.logged("session ended"), [{
    session: session.id,
    address: `${host}:${port}`,
    user: "ann",
    name: "bad_length",
    by: "server",
    message: "The length of a frame is at least 9",
    durationMs: 2501,
    framesReceived: 3,
    framesSent: 3,
    bytesReceived: 13 + 36 + 18 + 13 + 4,
    bytesSent: session.outbound.bytesSent,
  }]);
  assert.equal(session.outbound.bytesSent, client.bytesReceived, "the Error was sent by then");
});

test("an IPv6 address is logged in brackets", () => {
  const stage = new Stage();
  const peer = { host: "2001:db8::1", port: 77 };
  const nothing = () => {};
  const methods = { pause: nothing, resume: nothing, end: nothing, terminate: nothing };
  stage.accept({ peer, ...methods, write: (bytes) => bytes.length }).onClose("reset");
  assert.equal(stage.logged("session ended")[0]!.address, "[2001:db8::1]:77");
});

test("what happens after the end changes neither name nor count", () => {
  const stage = new Stage();
  const client = stage.open();
  client.closesOnFin = false;
  client.send(disconnect());
  stage.settle();
  client.send(disconnect(), new Uint8Array(4));
  stage.server.drain(() => {});
  stage.settle();
  client.connection.terminate();
  stage.settle();
  assert.deepEqual([...stage.server.counters.closed], [["normal,peer", 1]]);
  assert.equal(stage.logged("session ended").length, 1);
  stage.checkEmpty();
});

test("a fault of the server ends the session as internal", () => {
  const faults: unknown[] = [];
  const stage = new Stage({ onFault: (error) => faults.push(error) });
  const [broken, other] = [stage.open(), stage.open()];
  broken.session.inbound.read = () => {
    throw new Error("A fault");
  };
  broken.send(request(1));
  other.send(request(1));
  stage.settle();
  assert.deepEqual(faults, [new Error("A fault")]);
  assert.deepEqual([...stage.server.counters.closed], [["internal,server", 1]]);
  assert.deepEqual([broken.heard, other.heard], [["reset"], ["response 1"]]);
});

test("a fault while a session is flushed, or looked at for its deadline, ends that session alone", () => {
  for (const method of ["write", "due"] as const) {
    const stage = new Stage();
    const [broken, other] = [stage.open(), stage.open()];
    const fault = () => {
      throw new Error("A fault");
    };
    if (method === "write") broken.session.connection.write = fault;
    else broken.session.heartbeat.due = fault;
    stage.app.broadcast(new Uint8Array(1));
    stage.run(stage.limits.heartbeatIntervalMs + SLOT_MS + 5);
    assert.match(String(stage.logged("fault")[0]!.error), /A fault/);
    assert.deepEqual([...stage.server.counters.closed], [["internal,server", 1]]);
    assert.deepEqual(other.heard, ["broadcast 0 \0", "ping 1"]);
  }
});

test("a fault while a session says that it ends hides neither the end nor the socket's", () => {
  const faults: unknown[] = [];
  const stage = new Stage({ onFault: (error) => faults.push(error) });
  const client = stage.open();
  client.session.connection.write = () => {
    throw new Error("A fault");
  };
  client.send(new Uint8Array(4));
  stage.settle();
  assert.equal(faults.length, 1);
  assert.deepEqual([...stage.server.counters.closed], [["internal,server", 1]]);
  let drained = 0;
  stage.server.drain(() => drained++);
  stage.settle();
  assert.equal(drained, 1);
  stage.checkEmpty();
});
