// When a client comes back, when it does not, and what becomes of calls meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientState } from "../../../src/client/events.ts";
import { encodeEnd } from "../../../src/codec/end_payload.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { errorFrame, shown, SLOT_MS, Stage, statesOf } from "./stage.ts";

test("states are told in order, from connecting to closed", async () => {
  const stage = new Stage();
  const client = stage.connect();
  const states = statesOf(client);
  await stage.run();
  stage.reset();
  await stage.run(2_000);
  const closed = client.close();
  await stage.run();
  await closed;
  assert.deepEqual(states.map(shown), [
    "connecting 1",
    "open session-1",
    "waiting transport_lost",
    "connecting 2",
    "open session-1 recovered",
    "closed normal by client",
  ]);
  assert.equal(stage.world.openStreams.size, 0);
  assert.equal(stage.platform.wheel.size, 0);
});

test("waits between attempts stay within half a second and a growing ceiling, and are kept", async () => {
  const stage = new Stage();
  stage.peer.stop();
  const client = stage.connect();
  const waits: { at: number; ms: number }[] = [];
  const attempts: number[] = [];
  client.on("state", (state) => {
    if (state.state === "waiting") waits.push({ at: stage.now, ms: state.retryInMs });
    if (state.state === "connecting") attempts.push(stage.now);
  });
  await stage.until(() => waits.length === 12);
  for (const [index, { at, ms }] of waits.slice(0, -1).entries()) {
    const ceiling = Math.min(1_000 * 2 ** index, 20_000);
    assert.ok(ms >= 500 && ms <= ceiling, `wait ${index} of ${ms} ms`);
    const waited = attempts[index + 1]! - at;
    assert.ok(waited >= ms && waited <= ms + SLOT_MS + 1, `${waited} ms instead of ${ms}`);
  }
  assert.ok(new Set(waits.map(({ ms }) => ms)).size > 10, "waits are drawn");
});

test("attempts are counted on through short sessions, and anew after a stable minute", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const states = statesOf(client);
  for (const livedMs of [1_000, 59_000, 60_000, 1_000]) {
    await stage.run(livedMs);
    stage.reset();
    await stage.run(10);
    await stage.until(() => client.state.state === "open");
  }
  const attempts = states.flatMap((state) => state.state === "connecting" ? [state.attempt] : []);
  assert.deepEqual(attempts, [2, 3, 2, 3]);
});

test("the server's retryAfterMs wins over the client's own wait", async () => {
  const stage = new Stage({ refuse: () => errorFrame("server_full", 0, 7_000) });
  const client = stage.connect();
  const states = statesOf(client);
  await stage.run();
  const waiting = states.at(-1)!;
  assert.equal(waiting.state, "waiting");
  const { retryInMs, reason } = waiting as ClientState & { state: "waiting" };
  assert.ok(retryInMs >= 7_000 && retryInMs <= 7_500, `${retryInMs}`);
  assert.deepEqual([reason.name, reason.by, reason.retryAfterMs], ["server_full", "server", 7_000]);
  stage.peer.script.refuse = () => null;
  await stage.run(7_600);
  assert.equal(client.state.state, "open");
});

test("a code that says no closes the client and tells callers why", async () => {
  const stage = new Stage({ refuse: () => errorFrame("banned") });
  const client = stage.connect();
  const ready = assert.rejects(client.ready(), { code: 1402, name: "banned", by: "server" });
  const waiting = assert.rejects(client.request("", "x"), { code: 1402, name: "banned" });
  await stage.run(100);
  await Promise.all([ready, waiting]);
  assert.equal(shown(client.state), "closed banned by server");
  await assert.rejects(client.request("", "x"), /The client is closed: It is banned/);
  assert.throws(() => client.notify("", "x"), { name: "banned" });
  await stage.run(60_000);
  assert.equal(stage.peer.connections.length, 1);
  assert.equal(stage.peer.last.closed, "ended", "FIN is answered with FIN");
});

test("calls wait for the next connection, or fail at once where that was chosen", async () => {
  const stage = new Stage();
  stage.peer.stop();
  const patient = stage.connect();
  const hasty = stage.connect({ whileDisconnected: "fail" });
  const answer = patient.request("", "x");
  patient.notify("", "y");
  await assert.rejects(hasty.request("", "x"), { code: 1600, name: "transport_lost" });
  assert.throws(() => hasty.notify("", "y"), { name: "transport_lost" });
  await stage.run(1_000);
  stage.peer.start();
  await stage.run(20_000);
  assert.equal((await answer).length, "re: x".length);
  await hasty.ready();
  const later = hasty.request("", "x");
  await stage.run();
  await later;
});

test("a draining server is left when it has sent its last answers, and found again when it said", async () => {
  const stage = new Stage({ answerMs: 500 });
  const client = await stage.open();
  const states = statesOf(client);
  const answer = client.request("", "x");
  await stage.run(100);
  const { last } = stage.peer;
  last.send(
    encodeFrame(FrameType.Disconnect, 0, 0, encodeEnd("draining", "Bye", { retryAfterMs: 3_000 })),
  );
  await stage.run();
  const behind = client.request("", "behind");
  await stage.run(600);
  assert.equal((await answer).length, "re: x".length);
  last.connection.end();
  await stage.run(100);
  assert.deepEqual(states.map(shown), ["leaving draining", "waiting draining"]);
  await stage.run(5_000);
  await behind;
  assert.deepEqual(last.heard, ["handshake 0", "request 1 \0x"]);
});

test("a server that breaks the protocol is told so, left, and tried again", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const states = statesOf(client);
  stage.peer.last.send(new Uint8Array([0, 0, 0, 1]));
  await stage.run();
  assert.match(stage.peer.last.heard.at(-1)!, /^error 0 .*bad_length/);
  await stage.run(3_000);
  assert.deepEqual(states.map(shown), [
    "waiting bad_length",
    "connecting 2",
    "open session-1 recovered",
  ]);
});

test("a listener that throws harms neither the client nor the other listeners", async () => {
  const stage = new Stage();
  const client = stage.connect();
  client.on("state", () => {
    throw new Error("Mine");
  });
  const states = statesOf(client);
  await stage.run();
  assert.deepEqual(states.map(shown), ["connecting 1", "open session-1"]);
  assert.equal(stage.faults.length, 2);
});
