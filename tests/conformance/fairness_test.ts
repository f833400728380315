// Many hot connections, on the runtime that runs this: each is served about as often as the others. On Deno this is the
// work of src/runtime/deno/pacer.ts: without it 128 connections are served over and over, and the rest hardly at all.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadAdapter } from "./adapter.ts";

const CONNECTIONS = 1000;
const ANSWERS_EACH = 20;

/** How often each connection was answered. */
function answersOfHotClients(port: number): Promise<number[]> {
  const program = fileURLToPath(new URL("./hot_clients.ts", import.meta.url));
  const run = "Deno" in globalThis ? ["run", "--quiet", "-A"] : ["run"];
  const args = [...run, program, port, CONNECTIONS, CONNECTIONS * ANSWERS_EACH].map(String);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: 50_000 }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
}

/** Keeps the server busier than its clients, so that more connections are ready than it can serve at once. */
function work(): void {
  let sum = 0;
  for (let i = 0; i < 50_000; i++) sum += i;
  assert.ok(sum > 0);
}

test("1 000 hot connections are served evenly", { timeout: 60_000 }, async () => {
  const { transport } = await loadAdapter();
  const listener = transport((error) => {
    throw error;
  }).listen({ host: "127.0.0.1", port: 0 }, (connection) => ({
    onData(chunk) {
      work();
      connection.write(chunk, false);
    },
    onWritable() {},
    onEnd: () => connection.end(),
    onClose() {},
  }));
  try {
    const answers = await answersOfHotClients(listener.address.port);
    const least = Math.min(...answers);
    assert.ok(least >= ANSWERS_EACH / 4, `Somebody was answered ${least} times of ${ANSWERS_EACH}`);
  } finally {
    listener.close();
  }
});
