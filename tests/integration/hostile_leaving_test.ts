// Peers that leave at every stage, by FIN or by reset, once or ten thousand times: nothing of them is left.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { type Control, startControl } from "./control.ts";
import {
  DISCONNECT,
  frame,
  handshake,
  HANDSHAKE_ACK,
  PING,
  PONG,
  REQUEST,
  RESPONSE,
} from "./frames.ts";
import { type Cleanup, programUnderTest, RUN } from "./program.ts";
import { connectClient } from "./raw_client.ts";
import { type RunningServer, startServer } from "./running_server.ts";

interface Stage {
  what: string;
  bytes: Buffer;
  /** The types of the frames that answer these bytes. */
  answers: number[];
  /** How the session ends; none is told of a connection without a byte. */
  name?: string;
}

const ASKED = frame(REQUEST, 1n, "asked");

const STAGES: Stage[] = [
  { what: "before a byte", bytes: Buffer.alloc(0), answers: [] },
  { what: "in the header of the Handshake", bytes: handshake().subarray(0, 6), answers: [] },
  { what: "in the payload of the Handshake", bytes: handshake({}).subarray(0, 14), answers: [] },
  { what: "after a Ping before the Handshake", bytes: frame(PING, 1n), answers: [PONG] },
  { what: "after the Handshake", bytes: handshake(), answers: [HANDSHAKE_ACK] },
  {
    what: "in the length of a Request",
    bytes: Buffer.concat([handshake(), ASKED.subarray(0, 2)]),
    answers: [HANDSHAKE_ACK],
  },
  {
    what: "in the header of a Request",
    bytes: Buffer.concat([handshake(), ASKED.subarray(0, 8)]),
    answers: [HANDSHAKE_ACK],
  },
  {
    what: "in the payload of a Request",
    bytes: Buffer.concat([handshake(), ASKED, ASKED.subarray(0, 15)]),
    answers: [HANDSHAKE_ACK, RESPONSE],
  },
  {
    what: "after a Request",
    bytes: Buffer.concat([handshake(), ASKED]),
    answers: [HANDSHAKE_ACK, RESPONSE],
  },
  {
    what: "after a Disconnect",
    bytes: Buffer.concat([handshake(), ASKED, frame(DISCONNECT, 0n)]),
    answers: [HANDSHAKE_ACK, RESPONSE],
    name: "normal",
  },
].map((stage) => stage.bytes.length > 0 ? { name: "transport_lost", ...stage } : stage);

/** Ends the control session, which must be the only one that is left, and the server with it. */
async function assertNoneLeft(
  t: Cleanup,
  server: RunningServer,
  control: Control,
  served: number,
): Promise<void> {
  // Connections are accepted in their order: with this one, all before it are.
  const last = await connectClient(t, server.port);
  await last.shakeHands();
  last.send(frame(DISCONNECT, 0n));
  await last.rest();
  last.destroy();
  await control.answers(10);
  await control.assertServed(served);
  server.program.signal("SIGTERM");
  assert.equal((await server.log.first("draining"))["sessions"], 1);
}

test("a peer may half-close at every stage: it gets its answers, then FIN", async (t) => {
  const server = await startServer(t);
  const control = await startControl(t, server.port);
  let ended = 0;
  for (const { what, bytes, answers, name } of STAGES) {
    for (const inOneTurn of [true, false]) {
      const client = await connectClient(t, server.port);
      client.send(bytes);
      if (!inOneTurn) await control.answers(2);
      client.finish();
      const { frames, end } = await client.rest();
      assert.deepEqual(frames.map(({ type }) => type), answers, what);
      assert.equal(end, "fin", what);
      if (name === undefined) continue;
      const lines = await server.log.many("session ended", ++ended);
      assert.equal(lines.at(-1)!["name"], name, what);
    }
  }
  await assertNoneLeft(t, server, control, 20);
});

test("a peer may reset at every stage, at once or when it was served", async (t) => {
  const server = await startServer(t);
  const control = await startControl(t, server.port);
  for (const { answers, bytes } of STAGES) {
    for (const served of [true, false]) {
      for (let peer = 0; peer < 5; peer++) {
        const client = await connectClient(t, server.port);
        client.send(bytes);
        if (served) await client.take(answers.length);
        client.reset();
      }
      await control.answers(1);
    }
  }
  await assertNoneLeft(t, server, control, 40);
  for (const { name } of server.log.of("session ended")) {
    // A reset may overtake the Disconnect before it.
    assert.ok(["transport_lost", "normal", "draining"].includes(`${name}`), `${name}`);
  }
});

const PROGRAMS: Readonly<Record<string, () => string[]>> = {
  "the executable": programUnderTest,
  "main.ts": () => [...RUN, "main.ts"],
};

for (const [name, command] of Object.entries(PROGRAMS)) {
  test(`${name}: 100 that reset as soon as they are connected keep nobody out`, async (t) => {
    const server = await startServer(t, {}, command());
    const control = await startControl(t, server.port);
    for (let peer = 0; peer < 100; peer++) (await connectClient(t, server.port)).reset();
    await assertNoneLeft(t, server, control, 10);
  });
}

const VISITS = 10_000;
const AT_ONCE = 200;

/** Connects, and leaves in one of three ways. */
async function visit(port: number, way: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  const closed = once(socket, "close");
  await once(socket, "connect");
  if (way === 0) {
    socket.destroy();
  } else if (way === 1) {
    socket.write(handshake());
    await once(socket, "data");
    socket.resetAndDestroy();
  } else {
    socket.resume();
    socket.end(Buffer.concat([handshake(), frame(DISCONNECT, 0n)]));
  }
  await closed;
}

test("10 000 that connect and leave leave nothing behind, and the others are served", async (t) => {
  const server = await startServer(t);
  const control = await startControl(t, server.port);
  for (let visits = 0; visits < VISITS; visits += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => visit(server.port, index % 3)),
    );
  }
  await assertNoneLeft(t, server, control, 100);
});
