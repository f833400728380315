// The client library on Node, as a bundle: that is how programs on Node get it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Cleanup, Program, ROOT } from "./program.ts";
import { Relay } from "./client_relay.ts";
import { startServer } from "./running_server.ts";

/** What a program on Node does: asks much, loses its connection, comes back, and ends by itself. */
const PROGRAM = `
import { connect } from "./client.mjs";
const [port, command] = process.argv.slice(2);
const client = await connect({ address: { host: "127.0.0.1", port: Number(port) }, client: "node/1" });
const text = (bytes) => new TextDecoder().decode(bytes);
const asks = Array.from({ length: 200 }, (_, index) => "ask " + index);
const answers = await Promise.all(asks.map((ask) => client.request("", ask)));
if (answers.map(text).join() !== asks.join()) throw new Error("Wrong answers");
const long = new Uint8Array(900_000).fill(7);
if (Buffer.compare(await client.request("", long), long) !== 0) throw new Error("Wrong long answer");
console.log("asked", (await client.ping()) >= 0);
const again = new Promise((resolve) => client.on("state", ({ state }) => state === "open" && resolve()));
await again;
console.log("again", text(await client.request("", "hello")));
await client.close();
console.log("closed", client.state.reason.name);
`;

function has(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A folder with the bundle and the program, gone after the test. */
function bundle(t: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-client-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const output = join(folder, "client.mjs");
  const args = ["build", "client.ts", "--target=node", "--format=esm", `--outfile=${output}`];
  execFileSync("bun", args, { cwd: ROOT, stdio: "ignore" });
  writeFileSync(join(folder, "program.mjs"), PROGRAM);
  return folder;
}

test("the bundled client talks, comes back and ends on Node", async (t) => {
  if (!has("node") || !has("bun")) return t.skip("node and bun are needed");
  const server = await startServer(t);
  const relay = await Relay.start(t, server.port);
  const program = new Program(t, ["node", join(bundle(t), "program.mjs"), String(relay.port)]);
  program.onLine = (line) => void (line.startsWith("asked") && relay.reset());
  assert.equal(await program.exited(), 0, program.stderr);
  assert.deepEqual(program.stdout.trim().split("\n"), [
    "asked true",
    "again hello",
    "closed normal",
  ]);
  assert.equal(relay.connections, 2);
});
