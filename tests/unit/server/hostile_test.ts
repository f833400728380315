// Peers that send a little each second: what they get of time is what the limits say, however they fill it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, handshake, ping, request } from "./client.ts";
import { Stage } from "./stage.ts";

/** Each second `client` does something, and somebody else asks and is answered, until the client is ended. */
function passSeconds(
  stage: Stage,
  client: Client,
  secondsMax: number,
  does: (second: number) => void,
): void {
  const control = stage.open();
  for (let second = 0; second < secondsMax && client.session.ending === null; second++) {
    does(second);
    control.send(request(second));
    stage.run(1000);
    assert.ok(control.heard.includes(`response ${second}`), `no answer in second ${second}`);
  }
}

/** Sends one byte of `bytes` each second, over and over. */
function trickle(stage: Stage, client: Client, bytes: Uint8Array, secondsMax: number): void {
  passSeconds(stage, client, secondsMax, (second) => {
    const index = second % bytes.length;
    client.send(bytes.subarray(index, index + 1));
  });
}

function assertEnded(stage: Stage, name: string, seconds: number): void {
  const [line] = stage.logged("session ended");
  assert.deepEqual([line?.name, line?.by], [name, "server"]);
  assert.equal(Math.floor(Number(line?.durationMs) / 1000), seconds);
}

test("one byte of a Handshake a second gets handshake_timeout after 5 s", () => {
  const stage = new Stage();
  const client = stage.connect();
  trickle(stage, client, handshake(), 30);
  assertEnded(stage, "handshake_timeout", 5);
  assert.deepEqual(client.heard, ["error 0 handshake_timeout", "fin", "ended"]);
});

test("one Ping a second in place of the Handshake gets handshake_timeout after 5 s", () => {
  const stage = new Stage();
  const client = stage.connect();
  passSeconds(stage, client, 30, (second) => client.send(ping(second)));
  assertEnded(stage, "handshake_timeout", 5);
  assert.deepEqual(client.heard.slice(-3), ["error 0 handshake_timeout", "fin", "ended"]);
});

test("one byte of a Request a second gets frame_timeout after a minute", () => {
  const stage = new Stage();
  const client = stage.open();
  trickle(stage, client, request(1, new Uint8Array(1000)), 300);
  assertEnded(stage, "frame_timeout", 60);
  assert.deepEqual(client.heard.slice(-3), ["error 0 frame_timeout", "fin", "ended"]);
});

test("one byte a second is served for as long as each frame is whole within a minute", () => {
  const stage = new Stage();
  const client = stage.open();
  trickle(stage, client, request(1, "x".repeat(37)), 500);
  assert.equal(client.session.ending, null);
  const answers = client.heard.filter((line) => line.startsWith("response"));
  assert.deepEqual(answers, Array(10).fill(`response 1 ${"x".repeat(37)}`));
});
