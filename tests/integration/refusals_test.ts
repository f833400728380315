// Every way to break the protocol that ends a session: its Error frame, its FIN, and its line in the log.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { DISCONNECT, frame, HANDSHAKE, handshake, hex, json, PING, REQUEST } from "./frames.ts";
import { connectClient } from "./raw_client.ts";
import { assertError, assertHeardOut, assertRefused, GARBAGE } from "./refusals.ts";
import { startServer } from "./running_server.ts";

interface Case {
  what: string;
  /** Sent in one write, so that the server has it all when it refuses. */
  bytes: Buffer[];
  code: number;
  name: string;
  /** The request id of the Error, where the frame that caused it could be read. */
  id?: bigint;
}

const CASES: Case[] = [
  {
    what: "a length of 8",
    bytes: [handshake(), hex("00000008 10 00000000000000")],
    code: 1100,
    name: "bad_length",
  },
  { what: "a length of 0", bytes: [hex("00000000")], code: 1100, name: "bad_length" },
  {
    what: "a length one over the bound",
    bytes: [handshake(), hex("01000001 10")],
    code: 1101,
    name: "frame_too_large",
  },
  {
    what: "a length over the bound before the Handshake",
    bytes: [hex("00002001 01")],
    code: 1101,
    name: "frame_too_large",
  },
  {
    what: "an unknown type",
    bytes: [handshake(), hex("00000009 77")],
    code: 1102,
    name: "unknown_type",
  },
  {
    what: "a second Handshake",
    bytes: [handshake(), frame(HANDSHAKE, 3n)],
    code: 1103,
    name: "bad_handshake",
    id: 3n,
  },
  {
    what: "a Handshake that is no JSON",
    bytes: [frame(HANDSHAKE, 4n, "{client}")],
    code: 1103,
    name: "bad_handshake",
    id: 4n,
  },
  {
    what: "a Handshake with a value of the wrong type",
    bytes: [frame(HANDSHAKE, 5n, '{"client": 1}')],
    code: 1103,
    name: "bad_handshake",
    id: 5n,
  },
  {
    what: "a version below 1",
    bytes: [frame(HANDSHAKE, 6n, '{"protocol": 0}')],
    code: 1104,
    name: "unsupported_version",
    id: 6n,
  },
  {
    what: "a Request before the Handshake",
    bytes: [frame(REQUEST, 7n, "too early")],
    code: 1105,
    name: "handshake_required",
    id: 7n,
  },
  {
    what: "a Ping of 65 bytes",
    bytes: [handshake(), frame(PING, 8n, "x".repeat(65))],
    code: 1106,
    name: "bad_payload",
    id: 8n,
  },
  {
    what: "a Disconnect that cannot be read",
    bytes: [handshake(), frame(DISCONNECT, 9n, "bye")],
    code: 1106,
    name: "bad_payload",
    id: 9n,
  },
];

for (const { what, bytes, code, name, id } of CASES) {
  const refusal = { code, name, reconnect: "no" } as const;

  test(`${what} is ${name}, also to a peer that keeps sending`, async (t) => {
    const server = await startServer(t);
    for (const behind of [Buffer.alloc(0), GARBAGE]) {
      const client = await connectClient(t, server.port);
      client.send(Buffer.concat(bytes), behind);
      const error = await assertRefused(client, refusal);
      if (id !== undefined) assert.equal(error.id, id);
      await assertHeardOut(client);
      client.destroy();
    }
    for (const line of await server.log.many("session ended", 2)) {
      assert.deepEqual([line["name"], line["by"]], [name, "server"]);
    }
  });
}

test("a refused peer that never stops sending is cut off", async (t) => {
  const server = await startServer(t);
  const client = await connectClient(t, server.port);
  client.send(hex("00000000"));
  assertError(await client.next(), { code: 1100, name: "bad_length", reconnect: "no" });
  await assert.rejects(async () => {
    for (let sent = 0; sent < 64; sent++) await client.sendOut(GARBAGE);
  });
  await client.rest();
});

test("a Request that no handler takes gets an Error of its own, and the session goes on", async (t) => {
  const server = await startServer(t, { handler: "none" });
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  client.send(frame(REQUEST, 1n), frame(REQUEST, 2n));
  for (const error of await client.take(2)) {
    assert.deepEqual([json(error)["code"], json(error)["name"]], [2000, "no_route"]);
    assert.equal(json(error)["reconnect"], undefined);
  }
});
