// What newcomers do first: the program from source, and the example client talking to it, on the runtime of the tests.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { frame, HANDSHAKE_ACK, PING, RESPONSE } from "./frames.ts";
import { type Cleanup, Program, RUN } from "./program.ts";
import { startServer } from "./running_server.ts";

async function runExample(t: Cleanup, port: number): Promise<string> {
  const client = new Program(t, [...RUN, "examples/client.ts", `127.0.0.1:${port}`]);
  const exit = await client.exited();
  assert.deepEqual({ exit, stderr: client.stderr }, { exit: 0, stderr: "" });
  return client.stdout;
}

test("main.ts serves from source, and examples/client.ts gets its answer", async (t) => {
  const server = await startServer(t, {}, [...RUN, "main.ts"]);
  assert.equal(await runExample(t, server.port), "hello\n");
  const { name, by } = await server.log.first("session ended");
  assert.deepEqual([name, by], ["normal", "peer"]);
});

test("the client in the README is the one that is tested", () => {
  const client = readFileSync("examples/client.ts", "utf8");
  const shown = client.slice(client.indexOf("const [host"));
  assert.ok(readFileSync("README.md", "utf8").includes(shown), "README.md shows another client");
});

test("examples/client.ts talks to the executable", async (t) => {
  const server = await startServer(t);
  assert.equal(await runExample(t, server.port), "hello\n");
});

test("examples/client.ts reads frames that arrive in pieces, and waits for its own answer", async (t) => {
  const answers = [frame(HANDSHAKE_ACK, 0n), frame(PING, 1n), frame(RESPONSE, 1n, "piecemeal")];
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => {});
    const bytes = answers.flatMap((answer) => [...answer]);
    const sendOn = () => {
      const byte = bytes.shift();
      if (byte !== undefined) socket.write(Uint8Array.of(byte), () => setImmediate(sendOn));
    };
    socket.once("data", sendOn).on("end", () => socket.end());
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  assert.equal(await runExample(t, (server.address() as AddressInfo).port), "piecemeal\n");
});
