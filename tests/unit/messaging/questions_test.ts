// Questions of the server's: answered by the client, at most once, or given up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import { encodeEnd } from "../../../src/codec/end_payload.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { RequestError } from "../../../src/codec/request_error.ts";
import { frame } from "../server/client.ts";
import { Stage } from "../server/stage.ts";
import { ask, openRouted, respond, settled } from "./clients.ts";

function failsAs(name: string) {
  return (error: unknown) => error instanceof RequestError && error.name === name;
}

test("the client's Response is the answer; ids of both directions do not meet", async () => {
  const stage = new Stage({ routes: (app) => app.route("same", () => "mine") });
  const client = openRouted(stage);
  const answer = stage.app.session(client.session.id)!.request("why", "?");
  stage.settle();
  assert.deepEqual(client.heard, ["request 1 \u0003why?"]);
  client.send(ask(1, "same"), respond(1, "because"), respond(1, "again"));
  await settled(stage);
  assert.equal(decodeText(await answer), "because");
  assert.equal(client.heard[1], "response 1 mine");
  assert.equal(stage.server.counters.framesUnexpected[FrameType.Response], 1);
});

test("a client without routes is asked with the bytes alone", () => {
  const stage = new Stage();
  const client = stage.open();
  stage.app.session(client.session.id)!.request("why", "?").catch(() => {});
  stage.settle();
  assert.deepEqual(client.heard, ["request 1 ?"]);
});

test("an Error of the client's, no answer in time, the end of the session and a signal each reject with their code", async () => {
  const stage = new Stage();
  const client = openRouted(stage);
  const handle = stage.app.session(client.session.id)!;
  const refused = handle.request("a");
  client.send(frame(FrameType.Error, 1, encodeEnd("no_route", "not here")));
  stage.settle();
  await assert.rejects(refused, failsAs("no_route"));

  const late = handle.request("b", "", { timeoutMs: 500 });
  stage.run(600);
  await assert.rejects(late, failsAs("handler_timeout"));

  const abort = new AbortController();
  const given = handle.request("c", "", { signal: abort.signal });
  abort.abort();
  await assert.rejects(given, failsAs("cancelled"));
  await assert.rejects(handle.request("c", "", { signal: abort.signal }), failsAs("cancelled"));

  const orphan = handle.request("d");
  client.connection.terminate();
  stage.settle();
  await assert.rejects(orphan, failsAs("cancelled"));
  await assert.rejects(handle.request("e"), failsAs("cancelled"));
  stage.run(20_000);
  assert.equal(client.session.work!.questions, 0);
});

test("as many questions wait for one client as it may have Requests running", async () => {
  const stage = new Stage({ limits: { requestsInFlight: 2 } });
  const client = openRouted(stage);
  const handle = stage.app.session(client.session.id)!;
  const waiting = [handle.request("a"), handle.request("b")];
  await assert.rejects(handle.request("c"), failsAs("too_many_in_flight"));
  stage.settle();
  client.send(respond(1), respond(2));
  stage.settle();
  await Promise.all(waiting);
});

test("questions that wait for one client hold no more bytes than its queue takes; one always goes", async () => {
  const stage = new Stage({ limits: { outboundBytesHigh: 1024, outboundBytesMax: 3000 } });
  const client = openRouted(stage);
  const handle = stage.app.session(client.session.id)!;
  const large = handle.request("a", new Uint8Array(5000));
  await assert.rejects(handle.request("b", "x"), failsAs("too_many_in_flight"));
  stage.settle();
  client.send(respond(1));
  stage.settle();
  await large;
  const waiting = [handle.request("c", new Uint8Array(2000)), handle.request("d", "x")];
  await assert.rejects(handle.request("e", new Uint8Array(2000)), failsAs("too_many_in_flight"));
  stage.settle();
  client.send(respond(2), respond(3));
  stage.settle();
  await Promise.all(waiting);
  assert.equal(client.session.work!.questionBytes, 0);
});

test("a handler may ask the client it serves", async () => {
  const stage = new Stage({
    routes: (app) =>
      app.route("ask.back", async (c) => {
        const answer = await c.session.request("who");
        return `you are ${decodeText(answer)}`;
      }),
  });
  const client = openRouted(stage);
  client.send(ask(9, "ask.back"));
  stage.settle();
  client.send(respond(1, "ann"));
  await settled(stage);
  await settled(stage);
  assert.equal(client.heard.at(-1), "response 9 you are ann");
});

test("a group is asked: all, with an answer or a code for each; or the first few", async () => {
  const stage = new Stage();
  const clients = [openRouted(stage), openRouted(stage), openRouted(stage)];
  for (const { session } of clients) stage.app.session(session.id)!.join("g");
  const all = stage.app.group("g").request("n", "", { timeoutMs: 1000 });
  stage.settle();
  clients[0]!.send(respond(1, "zero"));
  clients[2]!.send(frame(FrameType.Error, 1, encodeEnd("handler_failed", "")));
  stage.run(1100);
  await settled(stage);
  const answers = (await all).map((answer) =>
    "bytes" in answer ? decodeText(answer.bytes) : answer.error.name
  );
  assert.deepEqual(answers.toSorted(), ["handler_failed", "handler_timeout", "zero"]);

  const first = stage.app.group("g").request("n", "", { first: 1 });
  stage.settle();
  clients[1]!.send(respond(2, "one"));
  await settled(stage);
  assert.deepEqual((await first).map((answer) => answer.session.id), [clients[1]!.session.id]);
  for (const { session } of clients) assert.equal(session.work!.questions, 0);
  assert.deepEqual(await stage.app.group("empty").request("n"), []);
});
