// The order in which a peer gets its frames, whatever the network does to their bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../../src/base/prng.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { frame, notification, ping, request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";

test("a Pong overtakes a MiB of queued Broadcasts, behind the one that has begun", () => {
  const stage = new Stage();
  const client = stage.open();
  client.connection.pause();
  for (let i = 0; i < 10; i++) stage.app.broadcast(new Uint8Array(100_000));
  assert(client.session.outbound.bytes > 900_000);
  client.send(ping(7));
  stage.settle();
  client.send(ping(8));
  client.resume();
  stage.run(1000);
  const broadcast = "broadcast 0 100000 bytes";
  assert.deepEqual(client.heard.slice(0, 3), [broadcast, "pong 7", broadcast]);
  assert.equal(client.heard.filter((line) => line === broadcast).length, 10);
  assert.equal(client.heard.at(-1), "pong 8");
});

test("control frames keep their order among themselves, application frames among themselves", () => {
  const stage = new Stage();
  const client = stage.open();
  client.connection.pause();
  client.send(request(1, new Uint8Array(70_000)));
  stage.settle();
  client.send(request(2), ping(3), request(4), ping(5), notification(6), ping(7));
  stage.settle();
  client.resume();
  stage.settle();
  assert.deepEqual(client.heard, [
    "response 1 70000 bytes",
    "pong 3",
    "pong 5",
    "pong 7",
    "response 2",
    "response 4",
    "response 6",
  ]);
});

test("the answers of a turn that share its write go out in the order of what they answer", () => {
  const stage = new Stage();
  const client = stage.open();
  client.send(request(1, "a"), ping(2), request(3, new Uint8Array(10_000)), ping(4), request(5));
  stage.settle();
  const wanted = ["response 1 a", "pong 2", "response 3 10000 bytes", "pong 4", "response 5"];
  assert.deepEqual(client.heard, wanted);
});

test("short writes, small segments and slow reading change no order and lose no byte", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const prng = new Prng(seed);
    const stage = new Stage({
      seed,
      limits: { outboundBytesHigh: 20_000, outboundBytesMax: 500_000 },
      network: {
        latencyMs: [1, 20],
        segmentBytes: [1, 3000],
        bufferBytes: prng.between(500, 30_000),
        shortWriteChance: 0.3,
      },
    });
    const client = stage.open();
    const responses: number[] = [];
    const pongs: number[] = [];
    for (let id = 1; id <= 150; id++) {
      const [type, ids, size] = prng.chance(0.3)
        ? [FrameType.Ping, pongs, prng.between(0, 64)] as const
        : [FrameType.Request, responses, prng.between(0, prng.chance(0.1) ? 20_000 : 200)] as const;
      ids.push(id);
      client.send(frame(type, id, new Uint8Array(size).fill(id)));
      if (prng.chance(0.2)) client.connection.pause();
      if (prng.chance(0.3)) stage.run(prng.between(1, 50));
      if (prng.chance(0.3)) client.connection.resume();
    }
    client.connection.resume();
    stage.run(20_000);
    const ids = (type: number) => client.frames.filter((f) => f.type === type).map((f) => f.id);
    assert.deepEqual(ids(FrameType.Response), responses);
    assert.deepEqual(ids(FrameType.Pong), pongs);
    for (const { id, payload } of client.frames) assert(payload.every((byte) => byte === id));
  }
});
