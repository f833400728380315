// Peers that send as much as they can, and read it or do not: all is answered, or they are stopped and ended.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { startControl } from "./control.ts";
import { frame, handshake, HANDSHAKE_ACK, PING, PONG, REQUEST, RESPONSE } from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { connectSilent } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

/** `count` frames with consecutive ids, one behind the other. */
function frames(count: number, type: number, payload: string | Buffer = ""): Buffer {
  const one = frame(type, 0n, payload);
  const all = Buffer.alloc(count * one.length, one);
  for (let id = 0; id < count; id++) all.writeBigUInt64BE(BigInt(id), id * one.length + 5);
  return all;
}

/** Sends all in one write and reads along, until `answer` has come back whole, byte for byte. */
async function exchange(t: Cleanup, port: number, bytes: Buffer, answer: Buffer): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  t.after(() => void socket.destroy());
  await once(socket, "connect");
  await new Promise<void>((resolve, reject) => {
    let read = 0;
    socket.on("error", reject);
    socket.on("end", () => reject(new Error(`The connection ended after ${read} bytes`)));
    socket.on("data", (chunk: Buffer) => {
      if (!answer.subarray(read, read + chunk.length).equals(chunk)) {
        reject(new Error(`Not the answer that is due: in the ${chunk.length} bytes from ${read}`));
      }
      read += chunk.length;
      if (read >= answer.length) resolve();
    });
    socket.write(bytes);
  });
}

const READ = [
  { what: "100 000 Pings", count: 100_000, type: PING, answer: PONG },
  { what: "a million Requests of 13 bytes", count: 1_000_000, type: REQUEST, answer: RESPONSE },
];

for (const { what, count, type, answer } of READ) {
  test(`${what} in one write are all answered, and the others are served meanwhile`, async (t) => {
    const server = await startServer(t);
    const bytes = Buffer.concat([handshake(), frames(count, type)]);
    const answers = Buffer.concat([frame(HANDSHAKE_ACK, 0n), frames(count, answer)]);
    const control = await startControl(t, server.port);
    await exchange(t, server.port, bytes, answers);
    await control.assertServed(count / 50_000);
    assert.deepEqual(server.log.of("session ended"), []);
  });
}

/** A peer that nobody stops fails the test here: the buffers of the system are smaller by far. */
const ROUNDS_MAX = 64;
/** What the server may have read and not yet answered: its high mark, and what one read brings. */
const UNANSWERED_MAX = 2 ** 20;

const UNREAD = [
  { what: "Pings", bytes: frames(100_000, PING, "ping".repeat(16)) },
  { what: "Requests", bytes: frames(128, REQUEST, Buffer.alloc(64 * 1024, "request ")) },
];

for (const { what, bytes } of UNREAD) {
  test(`who floods ${what} and never reads is not read from, and ends as slow_consumer`, async (t) => {
    const server = await startServer(t, { outbound_stall_timeout: "300ms" });
    const control = await startControl(t, server.port);
    const client = await connectSilent(t, server.port);
    client.send(handshake());
    const flood = async () => {
      for (let round = 0; round < ROUNDS_MAX; round++) await client.sendOut(bytes);
    };
    // The reset comes in the middle of a write.
    await assert.rejects(flood());
    await control.assertServed(50);
    const { name, by, bytesReceived, bytesSent } = await server.log.first("session ended");
    assert.deepEqual([name, by], ["slow_consumer", "server"]);
    const unanswered = Number(bytesReceived) - Number(bytesSent);
    assert.ok(unanswered <= UNANSWERED_MAX, `${unanswered} bytes were read and not answered`);
  });
}
