// The echo handler: what comes in goes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { echo } from "../../../src/handlers/echo.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import { notification, request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";

test("a Request and a Notification come back as Responses with their ids and bytes", () => {
  const stage = new Stage({ fallback: echo });
  const client = stage.open();
  client.send(request(1, "a"), notification(2, "b"), request(3), notification(1, "again"));
  stage.settle();
  assert.deepEqual(client.heard, [
    "response 1 a",
    "response 2 b",
    "response 3",
    "response 1 again",
  ]);
});

test("ids of 64 bits and the largest frame there is come back bit for bit", () => {
  const stage = new Stage({ fallback: echo });
  const client = stage.open();
  const payload = new Uint8Array(FRAME_BYTES_CEILING - 9);
  for (let i = 0; i < payload.length; i += 997) payload[i] = i;
  client.send(encodeFrame(FrameType.Request, 0x0010_0000, 1, payload));
  stage.run(2000);
  const [frame] = client.frames;
  assert.equal(frame!.id, 0x0010_0000 * 2 ** 32 + 1);
  assert.equal(frame!.payload.length, payload.length);
  for (let i = 0; i < payload.length; i += 997) assert.equal(frame!.payload[i], payload[i]);
});

test("only who asked is answered", () => {
  const stage = new Stage({ fallback: echo });
  const [one, other] = [stage.open(), stage.open()];
  one.send(request(1), notification(2));
  stage.settle();
  assert.deepEqual([one.heard.length, other.heard.length], [2, 0]);
});
