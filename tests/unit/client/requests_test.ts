// Calls and their answers: matched, bounded, given up in time, and sent together.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../../../src/client/client.ts";
import { RequestError } from "../../../src/client/errors.ts";
import { decodeText } from "../../../src/base/text.ts";
import { errorFrame, Stage } from "./stage.ts";

/** What became of a call: its text, or the name of its error and who said it. */
async function outcome(answer: Promise<Uint8Array | void>): Promise<string> {
  try {
    const body = await answer;
    return body === undefined ? "done" : decodeText(body)!;
  } catch (error) {
    if (!(error instanceof RequestError)) return String(error);
    return `${error.code} ${error.name} by ${error.by}`;
  }
}

test("request() resolves with the answer to itself, whatever the order of answers", async () => {
  const stage = new Stage({ answerMs: null });
  const client = await stage.open();
  const answers = ["one", "two", "three"].map((text) => outcome(client.request("a.b", text)));
  await stage.run();
  const { session } = stage.peer.last;
  assert.deepEqual([...session!.runs.keys()], [1, 2, 3]);
  for (const id of [2, 3, 1]) stage.peer.last.send(errorFrame("no_route", id));
  await stage.run();
  assert.deepEqual(await Promise.all(answers), new Array(3).fill("2000 no_route by server"));
  assert.equal(client.running, 0);
  assert.equal(client.queuedBytes, 0);
  assert.equal(stage.platform.wheel.size, 1, "only the heartbeat has a deadline");
});

test("thousands of requests at once get each its own answer", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const texts = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
  const answers = texts.map((text) => outcome(client.request("", text)));
  await stage.run(500);
  assert.deepEqual(await Promise.all(answers), texts.map((text) => `re: ${text}`));
});

test("calls of one turn go out in one write, in order, with their routes", async () => {
  const stage = new Stage({ answerMs: null });
  const client = await stage.open();
  const { heard } = stage.peer.last;
  stage.writes.length = 0;
  for (let index = 0; index < 100; index++) client.notify("x", `${index}`);
  client.request("y.z", "ask").catch(() => {});
  await stage.run();
  assert.equal(stage.writes.length, 1);
  const notifications = Array.from({ length: 100 }, (_, index) => `notification 0 \x01x${index}`);
  assert.deepEqual(heard.slice(1), [...notifications, "request 1 \x03y.zask"]);
});

test("a write gathers no more than 64 KiB, unless one frame is longer", async () => {
  const stage = new Stage({ ack: { frameBytesMax: 200_000 }, answerMs: null });
  const client = await stage.open();
  stage.writes.length = 0;
  for (const length of [60_000, 5_000, 60_000, 150_000, 10]) {
    client.notify("", new Uint8Array(length));
  }
  await stage.run(100);
  assert.ok(stage.writes[0]! <= 65_536, `${stage.writes[0]}`);
  assert.equal(stage.peer.last.heard.length, 6);
});

test("a body may be changed as soon as the call returns", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const body = new Uint8Array([65, 66]);
  const answer = outcome(client.request("", body));
  body.fill(90);
  await stage.run();
  assert.equal(await answer, "re: AB");
});

test("a request fails as handler_timeout by the client when its time is over", async () => {
  const stage = new Stage({ answerMs: null });
  const client = await stage.open();
  let failedAt = 0;
  const answer = outcome(client.request("", "?", { timeoutMs: 700 }));
  answer.then(() => failedAt = stage.now);
  const started = stage.now;
  await stage.run(2_000);
  assert.equal(await answer, "2002 handler_timeout by client");
  assert.ok(failedAt >= started + 700 && failedAt <= started + 900, `${failedAt - started} ms`);
  assert.equal(client.running, 0);
});

test("an aborted request rejects with the signal's reason, and is not sent where it still waits", async () => {
  const stage = new Stage();
  const client = stage.connect();
  const controller = new AbortController();
  const answer = outcome(client.request("", "never", { signal: controller.signal }));
  const gone = AbortSignal.abort(new Error("Gone before"));
  const early = outcome(client.request("", "never", { signal: gone }));
  controller.abort(new Error("No need"));
  assert.equal(await early, "Error: Gone before");
  assert.equal(await answer, "Error: No need");
  await stage.run();
  assert.equal(client.state.state, "open");
  assert.deepEqual(stage.peer.last.heard, ["handshake 0"]);
});

test("calls beyond the bounds fail at once, and room comes back with the answers", async () => {
  const stage = new Stage();
  const client = stage.connect({ framesMax: 3, bytesMax: 2_000 });
  const first = [1, 2, 3].map(() => outcome(client.request("", "x")));
  assert.equal(await outcome(client.request("", "x")), "2003 too_many_in_flight by client");
  assert.throws(() => client.notify("", "x"), { name: "too_many_in_flight" });
  await stage.run();
  assert.deepEqual(await Promise.all(first), new Array(3).fill("re: x"));
  client.request("", new Uint8Array(1_500)).catch(() => {});
  assert.throws(() => client.notify("", new Uint8Array(600)), { name: "too_many_in_flight" });
  await stage.run();
  client.notify("", new Uint8Array(600));
});

test("a frame that the server would not take is refused, also one that waited", async () => {
  const stage = new Stage({ ack: { frameBytesMax: 200 } });
  const client = stage.connect();
  const waited = outcome(client.request("", new Uint8Array(300)));
  const fits = outcome(client.request("", "fits"));
  await stage.run();
  assert.equal(await waited, "1101 frame_too_large by client");
  assert.equal(await fits, "re: fits");
  assert.throws(() => client.notify("", new Uint8Array(191)), { name: "frame_too_large" });
  client.notify("", new Uint8Array(190));
});

test("a server without routes gets plain payloads, and no request that names a route", async () => {
  const stage = new Stage({ features: [], answerMs: null });
  const client = stage.connect();
  const routed = outcome(client.request("a.b", "x"));
  client.notify("", "plain");
  await stage.run();
  assert.equal(await routed, "2000 no_route by client");
  assert.deepEqual(stage.peer.last.heard.slice(1), ["notification 0 plain"]);
});

test("join, leave and publish are requests to the built-in routes", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const done = [client.join("g"), client.leave("g"), client.publish("g", "hello")].map(outcome);
  await stage.run();
  assert.deepEqual(await Promise.all(done), ["done", "done", "done"]);
  assert.deepEqual(stage.peer.last.heard.slice(1), [
    "request 1 \x08sys.joing",
    "request 2 \x09sys.leaveg",
    "request 3 \x0bsys.publish\x01ghello",
  ]);
});

test("names longer than 255 bytes and times out of bounds are refused", async () => {
  const stage = new Stage();
  const client = stage.connect();
  const long = "é".repeat(128);
  assert.match(await outcome(client.request(long, "")), /^RangeError: Cannot use a route longer/);
  assert.match(await outcome(client.publish(long, "")), /^RangeError: Cannot use a group longer/);
  assert.throws(() => client.notify(long, ""), RangeError);
  const forever = client.request("", "", { timeoutMs: Infinity });
  assert.match(await outcome(forever), /^RangeError: Cannot wait Infinity ms/);
  assert.throws(() => stage.connect({ framesMax: 0 }), RangeError);
});

test("ping() tells the round trip, and fails without a connection", async () => {
  const stage = new Stage();
  const client: Client = stage.connect();
  await assert.rejects(client.ping(), { name: "transport_lost" });
  await stage.until(() => client.state.state === "open");
  const trip = client.ping();
  await stage.run();
  assert.equal(await trip, 2);
  stage.peer.script.isDeaf = true;
  const lost = assert.rejects(client.ping(), { name: "transport_lost" });
  await stage.run();
  stage.reset();
  await stage.run();
  await lost;
});
