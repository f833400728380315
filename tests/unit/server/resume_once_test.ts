// Who may continue a session, and that nothing is done or heard twice by that.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { frame, handshake, ping } from "./client.ts";
import { ack, ask, comeBack, lose, open, stageWith } from "./resuming.ts";

test("a Request is run once, however often it is asked: it is answered from memory, or joins the one that runs", async () => {
  const runs: string[] = [];
  const gate = Promise.withResolvers<void>();
  const stage = stageWith({
    routes: (app) => {
      app.route("now", (c) => (runs.push(c.text()), `did ${c.text()}`));
      app.route("slow", async (c) => {
        runs.push(c.text());
        await gate.promise;
        return "slowly";
      });
    },
  });
  const { client, welcome } = open(stage);
  client.send(ask(1, "now", "a"), ask(2, "slow", "b"), ask(3, "slow", "c"));
  stage.settle();
  lose(stage, client);
  const back = comeBack(stage, welcome);
  back.client.send(ask(1, "now", "a"), ask(2, "slow", "b"));
  stage.settle();
  assert.deepEqual(back.client.heard, ["response 1 did a"]);
  lose(stage, back.client);
  gate.resolve();
  for (let i = 0; i < 20; i++) await null;
  const again = comeBack(stage, back.welcome);
  again.client.send(ask(2, "slow", "b"), ask(3, "slow", "c"), ask(4, "now", "d"));
  stage.settle();
  assert.deepEqual(again.client.heard, [
    "response 2 slowly",
    "response 3 slowly",
    "response 4 did d",
  ]);
  assert.deepEqual(runs, ["a", "b", "c", "d"]);
  assert.equal(again.client.session.requestsRunning, 0);
});

test("a Request that is asked again joins the one that runs, although as many run as may", () => {
  const stage = stageWith({
    limits: { requestsInFlight: 2 },
    routes: (app) => app.route("slow", () => new Promise(() => {})),
  });
  const { client, welcome } = open(stage);
  client.send(ask(1, "slow"), ask(2, "slow"), ask(3, "slow"));
  stage.settle();
  assert.deepEqual(client.heard, ["error 3 too_many_in_flight"]);
  lose(stage, client);
  const back = comeBack(stage, welcome);
  back.client.send(ask(1, "slow"), ask(2, "slow"), ask(3, "slow"), ask(4, "slow"));
  stage.settle();
  assert.deepEqual(back.client.heard, [
    "error 3 too_many_in_flight",
    "error 4 too_many_in_flight",
  ]);
  assert.equal(stage.server.registry.get(welcome.session)!.requestsRunning, 2);
});

test("answers that a client has shown to have read are not kept any longer", () => {
  const stage = stageWith({
    limits: {
      heartbeatIntervalMs: 1000,
      heartbeatIntervalMinMs: 1000,
      heartbeatIntervalMaxMs: 1000,
    },
  });
  const { client, welcome } = open(stage);
  client.send(ask(1, "echo", "a"), ask(2, "echo", "b"));
  stage.settle();
  const held = client.session.resumption!.bytes;
  assert(held > 0);
  stage.run(1050);
  assert.equal(client.session.resumption!.bytes, held, "a Ping alone shows nothing");
  client.send(ask(3, "echo", "c"), frame(FrameType.Pong, client.session.heartbeat.pings));
  stage.settle();
  assert.equal(client.session.resumption!.bytes, held / 2, "what came behind the Ping is kept");
  assert.equal(stage.server.held.outbound, held / 2);
  lose(stage, client);
  const back = comeBack(stage, welcome);
  back.client.send(ask(3, "echo", "c"));
  stage.settle();
  assert.deepEqual(back.client.heard, ["response 3 c"]);
});

test("what is asked again after a break counts against no rate, within what may run at once", () => {
  const stage = stageWith({ limits: { framesPerSecond: 10, requestsInFlight: 30 } });
  const { client, welcome } = open(stage);
  for (let id = 1; id <= 40; id++) {
    stage.run(200);
    client.send(ask(id, "echo", `${id}`));
  }
  stage.settle();
  lose(stage, client);
  const again = (from: number) =>
    Array.from({ length: 30 }, (_, i) => ask(from + i, "echo", `${from + i}`));
  const back = comeBack(stage, welcome);
  back.client.send(...again(11));
  stage.settle();
  assert.equal(back.client.heard.length, 30);
  assert.equal(back.client.session.ending, null);
  back.client.send(...again(11));
  stage.settle();
  assert.deepEqual(back.client.heard.at(-3), "error 0 rate_limited");
});

test("a Request whose answer is gone is answer_lost", () => {
  const stage = stageWith({ limits: { resumeFramesMax: 1 } });
  const { client, welcome } = open(stage);
  client.send(ask(1, "echo", "a"), ask(2, "echo", "b"));
  stage.settle();
  lose(stage, client);
  const back = comeBack(stage, welcome);
  back.client.send(ask(1, "echo", "a"), ask(2, "echo", "b"));
  stage.settle();
  assert.deepEqual(back.client.heard, ["error 1 answer_lost", "response 2 b"]);
});

test("what is answered when the session is over is kept nowhere", () => {
  const answers: (() => void)[] = [];
  const stage = stageWith({
    routes: (app) =>
      app.endpoint("late", {
        request(session, { idHigh, idLow }) {
          answers.push(() => session.answer(idHigh, idLow, new Uint8Array(100)));
        },
        notification() {},
      }),
  });
  const { client } = open(stage);
  client.send(ask(1, "late"), ask(2, "late"));
  stage.settle();
  lose(stage, client);
  answers[0]!();
  assert.ok(stage.server.held.outbound > 100);
  stage.run(stage.limits.resumeWindowMs + 100);
  answers[1]!();
  assert.equal(stage.closed("resume_expired"), 1);
  assert.equal(stage.server.held.outbound, 0);
});

test("a question of ours is asked again with its id, and its answer counts", async () => {
  const stage = stageWith();
  const { client, welcome } = open(stage);
  const handle = stage.app.session(welcome.session)!;
  const before = handle.request("q", "1");
  stage.settle();
  lose(stage, client);
  const meanwhile = handle.request("q", "2");
  const back = comeBack(stage, welcome);
  assert.deepEqual(back.client.heard, ["request 1 \u0001q1", "request 2 \u0001q2"]);
  back.client.send(frame(FrameType.Response, 1, "one"), frame(FrameType.Response, 2, "two"));
  stage.settle();
  assert.deepEqual([decodeText(await before), decodeText(await meanwhile)], ["one", "two"]);
});

test("questions that are more than may be sent at once are given up, and the session goes on", async () => {
  const stage = stageWith({
    limits: { outboundBytesHigh: 100_000, outboundBytesMax: 300_000 },
    network: { bufferBytes: 10_000 },
  });
  const { client, welcome } = open(stage);
  const handle = stage.app.session(welcome.session)!;
  lose(stage, client);
  for (let i = 0; i < 5; i++) stage.app.broadcast(new Uint8Array(50_000));
  const asked = Array.from({ length: 5 }, () => handle.request("q", new Uint8Array(50_000)));
  const outcomes = Promise.allSettled(asked);
  const back = comeBack(stage, welcome);
  stage.run(100);
  assert.equal(handle.isOpen, true);
  for (const { type, id } of back.client.frames) {
    if (type === FrameType.Request) back.client.send(frame(FrameType.Response, id, "yes"));
  }
  stage.settle();
  const failed = (await outcomes).filter(({ status }) => status === "rejected");
  assert.ok(failed.length > 0 && failed.length < asked.length, `${failed.length} failed`);
  for (const { reason } of failed as PromiseRejectedResult[]) {
    assert.equal(reason.name, "cancelled");
  }
});

test("a wrong secret, an unknown session or more than was sent opens a fresh session, and the other one goes on", () => {
  const stage = stageWith();
  const { client, welcome } = open(stage);
  lose(stage, client);
  const { session, resume: { secret } } = welcome;
  for (
    const claim of [
      { session, secret: secret.replace(/.$/, (c) => c === "0" ? "1" : "0"), received: 0 },
      { session, secret: "", received: 0 },
      { session: "nobody", secret, received: 0 },
      { session, secret, received: 1 },
    ]
  ) {
    const { welcome: other } = open(stage, { resume: claim });
    assert.equal(other.resume.recovered, false);
    assert.notEqual(other.session, session);
  }
  assert.equal(comeBack(stage, welcome).welcome.session, session);
});

test("the former secret is good until the new one is shown to have arrived, and no longer", () => {
  const stage = stageWith();
  const { client, welcome } = open(stage);
  lose(stage, client);
  // Each HandshakeAck is lost with its connection: the client knows the former secret alone.
  for (let i = 0; i < 3; i++) lose(stage, comeBack(stage, welcome).client);
  const lost = comeBack(stage, welcome);
  lose(stage, lost.client);
  const back = comeBack(stage, welcome);
  assert.equal(back.welcome.resume.recovered, true);
  back.client.send(ping(1));
  stage.settle();
  lose(stage, back.client);
  assert.equal(comeBack(stage, lost.welcome).welcome.resume.recovered, false);
  assert.equal(comeBack(stage, back.welcome).welcome.resume.recovered, true);
});

test("who comes back while the old connection stands takes the session over, and the old one is told", () => {
  const stage = stageWith();
  const { client, welcome } = open(stage);
  stage.app.broadcast("a");
  stage.settle();
  const back = comeBack(stage, welcome);
  assert.equal(back.welcome.resume.recovered, true);
  assert.deepEqual(client.heard, ["broadcast 1 a", "disconnect 0 replaced", "fin", "ended"]);
  assert.deepEqual(back.client.heard, ["broadcast 1 a"]);
  assert.equal(stage.server.registry.size, 1);
  back.client.send(ask(1, "echo", "x"));
  stage.settle();
  assert.equal(back.client.heard.at(-1), "response 1 x");
});

test("what follows the Handshake in one write belongs to the session that is continued", () => {
  const stage = stageWith();
  const { client, welcome } = open(stage);
  lose(stage, client);
  const { session, resume: { secret } } = welcome;
  const back = stage.connect();
  const resume = { session, secret, received: 0 };
  back.send(
    handshake(JSON.stringify({ features: ["routes", "resume"], resume })),
    ask(1, "echo", "at once"),
    ack(0),
  );
  stage.settle();
  assert.deepEqual(back.heard.slice(1), ["response 1 at once", "pong 0 \0\0\0\0\0\0\0\0"]);
});
