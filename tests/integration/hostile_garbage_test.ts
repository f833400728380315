// Peers that send what nobody should: each gets the code for it, and no bytes bring the server down.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { startControl } from "./control.ts";
import { ERROR, type Frame, frame, HANDSHAKE, handshake, json, PING, REQUEST } from "./frames.ts";
import { connectClient } from "./raw_client.ts";
import { assertRefused } from "./refusals.ts";
import { startServer } from "./running_server.ts";

/** Numbers below `bound` that are the same in every run (mulberry32). */
function dice(seed: number): (bound: number) => number {
  return (bound) => {
    seed = seed + 0x6d2b79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) % bound;
  };
}

function isFatal(answer: Frame): boolean {
  return answer.type === ERROR && Math.trunc(Number(json(answer)["code"]) / 1000) === 1;
}

test("200 peers that send random bytes each get a code 1xxx and FIN", async (t) => {
  const server = await startServer(t);
  const control = await startControl(t, server.port);
  const roll = dice(1);
  for (let peer = 0; peer < 200; peer++) {
    const client = await connectClient(t, server.port);
    client.send(Buffer.from(Array.from({ length: 32 + roll(4096) }, () => roll(256))));
    const { frames, end } = await client.rest();
    assert.ok(frames.length === 1 && isFatal(frames[0]!), `peer ${peer}`);
    assert.equal(end, "fin", `peer ${peer}`);
    client.destroy();
  }
  await control.assertServed(100);
  assert.equal((await server.log.many("session ended", 200)).length, 200);
});

test("200 conversations with a few bytes changed are served or end with a code 1xxx, and with FIN", async (t) => {
  const server = await startServer(t);
  const control = await startControl(t, server.port);
  const whole = Buffer.concat([
    handshake({ protocol: 1, client: "hostile/1", tags: { a: "b" } }),
    frame(REQUEST, 1n, "one"),
    frame(PING, 2n, "two"),
    frame(REQUEST, 3n, "three"),
  ]);
  const roll = dice(2);
  let fatal = 0;
  for (let peer = 0; peer < 200; peer++) {
    const changed = Buffer.from(whole);
    for (let changes = 1 + roll(4); changes > 0; changes--) {
      changed.writeUInt8(roll(256), roll(changed.length));
    }
    const client = await connectClient(t, server.port);
    client.send(changed);
    client.finish();
    const { frames, end } = await client.rest();
    assert.equal(end, "fin", `peer ${peer}`);
    const errors = frames.filter(({ type }) => type === ERROR);
    assert.deepEqual(errors.filter(isFatal), errors, `peer ${peer}`);
    assert.ok(errors.length === 0 || frames.at(-1) === errors[0], `peer ${peer}`);
    fatal += errors.length;
  }
  assert.ok(fatal > 50 && fatal < 200, `${fatal} of 200 were refused`);
  await control.assertServed(100);
});

test("50 peers that send a second Handshake get bad_handshake, and the others are served", async (t) => {
  const server = await startServer(t);
  const control = await startControl(t, server.port);
  for (let peer = 0; peer < 50; peer++) {
    const client = await connectClient(t, server.port);
    await client.shakeHands();
    client.send(frame(HANDSHAKE, 7n));
    const error = await assertRefused(client, {
      code: 1103,
      name: "bad_handshake",
      reconnect: "no",
    });
    assert.equal(error.id, 7n);
    client.destroy();
  }
  await control.assertServed(25);
  for (const { name, by } of await server.log.many("session ended", 50)) {
    assert.deepEqual([name, by], ["bad_handshake", "server"]);
  }
});
