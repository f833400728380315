// Questions of the server: each is handed to the program once, and answered as often as it is asked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { Stage } from "./stage.ts";

function question(id: number, text: string, route = "ask.me"): Uint8Array {
  const name = encodeText(route);
  const payload = new Uint8Array([name.length, ...name, ...encodeText(text)]);
  return encodeFrame(FrameType.Request, 0, id, payload);
}

test("a handler's return value, or what it promises, is the Response; what it throws is an Error", async () => {
  const stage = new Stage();
  const client = await stage.open();
  client.on("request", ({ route, body }) => {
    const text = decodeText(body)!;
    if (text === "throw") throw new Error("A secret of ours");
    if (text === "reject") return Promise.reject(new Error("A secret of ours"));
    if (text === "nothing") return;
    return text === "bytes" ? new Uint8Array([65]) : Promise.resolve(`${route} ${text}`);
  });
  const texts = ["promise", "bytes", "nothing", "throw", "reject"];
  for (const [index, text] of texts.entries()) stage.peer.last.send(question(7 + index, text));
  await stage.run();
  const failed = '{"code":2001,"name":"handler_failed","message":"The client\'s handler failed"}';
  const heard = stage.peer.last.heard.slice(1);
  assert.deepEqual(heard.sort(), [
    `error 10 ${failed}`,
    `error 11 ${failed}`,
    "response 7 ask.me promise",
    "response 8 A",
    "response 9",
  ]);
});

test("a client without a handler says that there is no route; there is one handler at a time", async () => {
  const stage = new Stage();
  const client = await stage.open();
  stage.peer.last.send(question(1, "x"));
  await stage.run();
  assert.match(stage.peer.last.heard.at(-1)!, /^error 1 .*no_route/);
  const off = client.on("request", () => "first");
  assert.throws(() => client.on("request", () => "second"), /Cannot add a second handler/);
  off();
  client.on("request", () => "second");
  stage.peer.last.send(question(2, "x"));
  await stage.run();
  assert.equal(stage.peer.last.heard.at(-1), "response 2 second");
});

test("a question that is asked again after a resume runs once: it joins, or is answered from memory", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const runs: string[] = [];
  const finish: (() => void)[] = [];
  client.on("request", ({ body }) => {
    runs.push(decodeText(body)!);
    return new Promise((resolve) => void finish.push(() => resolve("done")));
  });
  stage.peer.last.send(question(1, "x"));
  await stage.run();
  for (const ends of [true, false]) {
    stage.reset();
    await stage.run(2_000);
    stage.peer.last.send(question(1, "x"));
    await stage.run();
    if (ends) finish[0]!();
    await stage.run();
    assert.deepEqual(stage.peer.last.heard.slice(2), ["response 1 done"]);
  }
  assert.deepEqual(runs, ["x"]);
});

test("answers to questions of an earlier session are not sent, given before or after the next began", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const finish: (() => void)[] = [];
  client.on("request", () => new Promise((resolve) => void finish.push(() => resolve("late"))));
  for (const id of [1, 2]) stage.peer.last.send(question(id, "x"));
  await stage.run();
  stage.peer.sessions[0]!.secrets = [];
  stage.reset();
  await stage.run(10);
  assert.equal(client.state.state, "waiting");
  finish[0]!();
  await stage.run(2_000);
  assert.equal(client.state.state, "open");
  finish[1]!();
  await stage.run();
  assert.deepEqual(stage.peer.last.heard, ["handshake 0"]);
});

test("notifications tell their route, and listeners that were taken off hear nothing", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const heard: string[] = [];
  const off = client.on("notification", ({ route, body }) => {
    heard.push(`${route}: ${decodeText(body)}`);
  });
  const tell = (sequence: number, payload: Uint8Array) =>
    stage.peer.last.send(encodeFrame(FrameType.Notification, 0, sequence, payload));
  tell(1, encodeText("\x01ahello"));
  tell(2, encodeText("\0plain"));
  tell(3, new Uint8Array([9, 65]));
  await stage.run();
  off();
  tell(4, encodeText("\0unheard"));
  await stage.run();
  assert.deepEqual(heard, ["a: hello", ": plain"]);
});
