// Sessions of a server that asks for no handshake.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { frame, handshake, notification, ping, request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const withoutHandshake = () => new Stage({ handshakeRequired: false });

test("any frame makes a session, and is served as in one", () => {
  for (
    const [first, heard] of [
      [request(1, "a"), ["response 1 a"]],
      [notification(2, "b"), ["response 2 b"]],
      [frame(FrameType.Response, 3), []],
      [frame(FrameType.Pong, 4), []],
      [request(5, new Uint8Array(100_000)), ["response 5 100000 bytes"]],
    ] as const
  ) {
    const stage = withoutHandshake();
    const client = stage.connect();
    client.send(first);
    stage.settle();
    assert.deepEqual([client.heard, client.session.state], [heard, "active"]);
    assert.equal(stage.logged("session opened").length, 1);
  }
});

test("a Handshake that comes first is answered, one that comes later is refused", () => {
  const stage = withoutHandshake();
  const first = stage.connect();
  first.send(handshake(), request(2, "x"));
  const later = stage.connect();
  later.send(request(2, "x"), handshake());
  stage.settle();
  assert.deepEqual(first.heard, ["handshake_ack 1", "response 2 x"]);
  assert.deepEqual(later.heard, ["response 2 x", "error 1 bad_handshake", "fin", "ended"]);
});

test("a Handshake has its own bound although other frames may be larger", () => {
  const stage = withoutHandshake();
  const within = stage.connect();
  within.send(handshake("{" + " ".repeat(8192 - 9 - 2) + "}"));
  const over = stage.connect();
  over.send(handshake("{" + " ".repeat(8192 - 9 - 1) + "}"));
  stage.settle();
  assert.match(within.heard[0]!, /^handshake_ack 1/);
  assert.deepEqual(over.heard, ["error 1 frame_too_large", "fin", "ended"]);
});

test("nobody waits for a Handshake, but the heartbeat runs from the first moment", () => {
  const stage = withoutHandshake();
  const silent = stage.connect();
  const pinging = stage.connect();
  const { createdAt } = silent.session;
  stage.run(stage.limits.handshakeTimeoutMs * 2);
  pinging.send(ping(1));
  assert.deepEqual([silent.heard, silent.session.state], [[], "connecting"]);
  stage.run(createdAt + stage.limits.heartbeatIntervalMs + SLOT_MS + 5 - stage.now);
  assert.deepEqual([silent.heard, pinging.heard], [["ping 1"], ["pong 1"]]);
  stage.run(createdAt + stage.limits.sessionTimeoutMs + SLOT_MS + 5 - stage.now);
  assert.equal(silent.heard.at(-1), "reset");
  assert.equal(stage.closed("stale"), 1);
});
