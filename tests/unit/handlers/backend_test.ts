// The backend handler with a scripted backend, in virtual time: what is asked, and what becomes of each way to answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeText } from "../../../src/base/text.ts";
import { decodeEnd } from "../../../src/codec/end_payload.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { BACKEND_ANSWER_BYTES_MAX } from "../../../src/limits/handlers.ts";
import { withRoute } from "../../../src/messaging/route_name.ts";
import { type Client, request } from "../server/client.ts";
import { ask, openRouted, tell } from "../messaging/clients.ts";
import { stageWith, TIMEOUT_MS } from "./backend_stage.ts";
import { exchanged, type ScriptedBackend } from "./scripted_backend.ts";

/** What the last frame, an Error, says: its code and message. */
function lastError(client: Client): [number, string] {
  const { code, message } = decodeEnd(client.frames.at(-1)!.payload)!;
  return [code, message];
}

test("a Request becomes a POST with the payload as it is, and a 2xx its Response", async () => {
  const { stage, scripted, client, latencies } = stageWith();
  client.send(
    encodeFrame(FrameType.Request, 1, 2, withRoute("orders.create", Uint8Array.of(0, 255))),
  );
  await exchanged(stage);
  const [asked] = scripted.asked;
  assert.equal(asked!.url, "http://backend.example/tcp?key=secret");
  assert.deepEqual([asked!.init.method, asked!.init.redirect], ["POST", "manual"]);
  assert.deepEqual([...asked!.init.body as Uint8Array], [0, 255]);
  assert.deepEqual(asked!.headers, {
    "content-type": "application/octet-stream",
    "x-session-id": client.session.id,
    "x-user": "ann",
    "x-route": "orders.create",
    "x-request-id": "4294967298",
    "x-frame-type": "request",
  });
  asked!.answer(201, "made");
  await exchanged(stage);
  assert.deepEqual(client.heard, ["response 4294967298 made"]);
  assert.deepEqual(latencies(), { ok: 1 });
});

test("an empty answer is an empty Response, and a plain client's Request has no route", async () => {
  const { stage, scripted } = stageWith();
  const plain = stage.open();
  plain.send(request(7, "x"));
  await exchanged(stage);
  assert.deepEqual([scripted.asked[0]!.headers["x-route"], scripted.asked[0]!.body], ["", "x"]);
  scripted.asked[0]!.answer(204);
  await exchanged(stage);
  assert.deepEqual(plain.heard, ["response 7"]);
});

test("a Notification is posted too, and its answer, right or wrong, goes nowhere", async () => {
  const { stage, scripted, client } = stageWith();
  client.send(tell("seen", "1"), tell("seen", "2"), tell("seen", "3"));
  await exchanged(stage);
  assert.equal(scripted.asked[0]!.headers["x-frame-type"], "notification");
  scripted.asked[0]!.answer(200, "thanks");
  scripted.asked[1]!.answer(404, "no");
  scripted.asked[2]!.refuse();
  await exchanged(stage);
  assert.deepEqual(client.heard, []);
});

test("a 4xx is 3000 and the status, with the first 200 characters of the body", async () => {
  const { stage, scripted, client, latencies } = stageWith();
  scripted.auto = (asked) => asked.answer(Number(asked.body), "é".repeat(1000));
  for (const status of [400, 404, 499]) {
    client.send(ask(status, "a", String(status)));
    await exchanged(stage);
    assert.deepEqual(lastError(client), [3000 + status, "é".repeat(200)]);
  }
  assert.deepEqual(latencies(), { refused: 3 });
});

test("5xx, a redirect, a refused connection and a body that breaks off are 2004, and only the log knows why", async () => {
  const { stage, scripted, client, latencies } = stageWith();
  const ways: ((asked: ScriptedBackend["asked"][number]) => void)[] = [
    (asked) => asked.answer(500, "secret trace"),
    (asked) => asked.answer(302, "elsewhere"),
    (asked) => asked.refuse(),
    (asked) => asked.answer(200, new ReadableStream({ pull: (c) => c.error(new Error("cut")) })),
  ];
  for (const [id, way] of ways.entries()) {
    scripted.auto = way;
    client.send(ask(id, "a"));
    await exchanged(stage);
    assert.deepEqual(lastError(client), [2004, "The backend is unavailable"]);
  }
  assert.deepEqual(stage.logged("backend failed").map(({ reason }) => reason), [
    "It answered with the status 500",
    "It answered with the status 302",
    "Connection refused (http://backend.example)",
    "cut",
  ]);
  assert.deepEqual(latencies(), { failed: 4 });
});

test("an answer that takes too long is 2004, and is given up", async () => {
  const { stage, scripted, client, latencies } = stageWith();
  client.send(ask(1, "a"));
  await exchanged(stage);
  stage.run(TIMEOUT_MS - 300);
  assert.deepEqual(client.heard, []);
  stage.run(400);
  await exchanged(stage);
  assert.deepEqual(client.heard, ["error 1 backend_unavailable"]);
  assert.equal(scripted.asked[0]!.isAborted, true);
  assert.deepEqual(latencies(), { timeout: 1 });
});

test("an answer that never ends is read up to the bound, and then let go of", async () => {
  const { stage, scripted, client } = stageWith();
  let pulled = 0;
  let isCancelled = false;
  scripted.auto = (asked) =>
    asked.answer(
      200,
      new ReadableStream({
        pull(controller) {
          pulled += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => void (isCancelled = true),
      }),
    );
  client.send(ask(1, "a"));
  await exchanged(stage);
  assert.deepEqual(lastError(client), [2004, "The answer of the backend is too long"]);
  assert(pulled <= BACKEND_ANSWER_BYTES_MAX + 4 * 65_536, `${pulled} bytes`);
  assert.equal(isCancelled, true);
});

test("an answer of exactly the bound is given", async () => {
  const { stage, scripted, client } = stageWith(1, { limits: { frameBytesMax: 1009 } });
  scripted.auto = (asked) => asked.answer(200, "x".repeat(Number(asked.body)));
  client.send(ask(1, "a", "1000"), ask(2, "a", "1001"));
  await exchanged(stage);
  assert.deepEqual(client.heard, ["response 1 1000 bytes", "error 2 backend_unavailable"]);
});

test("a user id is safe as a header, and can be read back", async () => {
  const { stage, scripted } = stageWith();
  const user = "Zoë\r\nX-Admin: 1 100%\u{1f600}";
  const client = openRouted(stage, user);
  client.send(ask(1, "a"));
  await exchanged(stage);
  const value = scripted.asked[0]!.headers["x-user"]!;
  assert.match(value, /^[\x21-\x7e]*$/);
  assert.equal(decodeURIComponent(value), user);
});

test("bytes that no route is made of reach no backend", async () => {
  const { stage, scripted, client } = stageWith();
  for (const [id, name] of ["a\r\nb", "É", "a..b", "A"].entries()) {
    client.send(
      encodeFrame(FrameType.Request, 0, id, withRoute("", encodeText("")).fill(0, 1)),
      ask(id + 10, name),
    );
  }
  await exchanged(stage);
  assert.deepEqual(scripted.asked.map(({ headers }) => headers["x-route"]), ["", "", "", ""]);
  assert.equal(client.heard.filter((line) => line.endsWith("no_route")).length, 4);
});

test("what handlers serve, and what is off, is not asked of the backend", async () => {
  const { stage, scripted, client } = stageWith(1, {
    routes: (app) => app.route("mine.*", () => "mine"),
  });
  client.send(ask(1, "mine.x"));
  await exchanged(stage);
  assert.deepEqual([client.heard, scripted.asked.length], [["response 1 mine"], 0]);
});
