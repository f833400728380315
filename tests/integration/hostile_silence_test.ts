// Peers that say nothing, next to nothing, or less than they announced: each is ended in time, and costs no memory.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Buffer } from "node:buffer";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Control, startControl } from "./control.ts";
import { hex } from "./frames.ts";
import { type Cleanup, programUnderTest } from "./program.ts";
import { connectClient, type RawClient } from "./raw_client.ts";
import { assertRefused, type Refusal } from "./refusals.ts";
import { type RunningServer, type Settings, startServer } from "./running_server.ts";

const HANDSHAKE_TIMEOUT = { code: 1200, name: "handshake_timeout", reconnect: "yes" } as const;
const FRAME_TIMEOUT = { code: 1107, name: "frame_timeout", reconnect: "yes" } as const;

/** The shortest that can be set. */
const SHORT: Settings = { handshake_timeout: "100ms", limits_frame_timeout: "100ms" };

/** The first bytes of a Request of 16 MiB. */
const ANNOUNCEMENT: Buffer = hex("01000000 10 0000000000000001");

async function assertAllEnded(server: RunningServer, name: string, count: number): Promise<void> {
  for (const line of await server.log.many("session ended", count)) {
    assert.deepEqual([line["name"], line["by"]], [name, "server"]);
  }
  assert.equal(server.log.of("session ended").length, count);
}

/** Sends one byte with each answer to `control`, until the peer is refused. */
async function trickle(client: RawClient, control: Control, refusal: Refusal): Promise<void> {
  let isOver = false;
  const sending = async () => {
    while (!isOver) {
      await client.sendOut(Buffer.alloc(1, 1));
      await control.answers(1);
    }
  };
  await Promise.all([assertRefused(client, refusal).finally(() => isOver = true), sending()]);
}

test("20 peers that never send get handshake_timeout, and the others are served", async (t) => {
  const server = await startServer(t, SHORT);
  const control = await startControl(t, server.port);
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => connectClient(t, server.port)),
  );
  await Promise.all(clients.map((client) => assertRefused(client, HANDSHAKE_TIMEOUT)));
  await control.assertServed(10);
  await assertAllEnded(server, "handshake_timeout", 20);
});

test("a Handshake that trickles in gets handshake_timeout: its bytes buy no time", async (t) => {
  const server = await startServer(t, SHORT);
  const control = await startControl(t, server.port);
  const client = await connectClient(t, server.port);
  client.send(hex("00002000 01"));
  await trickle(client, control, HANDSHAKE_TIMEOUT);
  await control.assertServed(10);
  await assertAllEnded(server, "handshake_timeout", 1);
});

test("a Request that trickles in gets frame_timeout: its bytes buy no time", async (t) => {
  const server = await startServer(t, SHORT);
  const control = await startControl(t, server.port);
  const client = await connectClient(t, server.port);
  await client.shakeHands();
  client.send(ANNOUNCEMENT);
  await trickle(client, control, FRAME_TIMEOUT);
  await control.assertServed(10);
  await assertAllEnded(server, "frame_timeout", 1);
});

test("200 peers that announce 16 MiB and stop get frame_timeout, and hold no 16 MiB each", async (t) => {
  const { command, peakMiB } = watchMemory(t);
  const server = await startServer(t, { limits_frame_timeout: "1s" }, command);
  const control = await startControl(t, server.port);
  const clients = await Promise.all(
    Array.from({ length: 200 }, () => connectClient(t, server.port)),
  );
  await Promise.all(clients.map((client) => client.shakeHands()));
  const peakBefore = peakMiB();
  for (const client of clients) client.send(Buffer.concat([ANNOUNCEMENT, Buffer.alloc(8192)]));
  await Promise.all(clients.map((client) => assertRefused(client, FRAME_TIMEOUT)));
  const grown = peakMiB() - peakBefore;
  assert.ok(!(grown > 256), `The server grew by ${grown} MiB`);
  await control.assertServed(50);
  await assertAllEnded(server, "frame_timeout", 200);
});

/** The command of a server that tells its process id, and the most memory it ever held; NaN where no `/proc` says so. */
function watchMemory(t: Cleanup) {
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pid");
  const command = ["sh", "-c", 'echo $$ >"$0"; exec "$@"', file, ...programUnderTest()];
  // By a program of its own: Deno lets nobody read in /proc who may not do everything.
  const peakMiB = () => {
    try {
      const path = `/proc/${readFileSync(file, "utf8").trim()}/status`;
      const status = execFileSync("cat", [path], { encoding: "utf8", stdio: "pipe" });
      return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) / 1024;
    } catch {
      return NaN;
    }
  };
  return { command, peakMiB };
}
