// The executable's command line: what each command prints and the exit code it ends with.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { type Cleanup, programUnderTest, runProgram } from "./program.ts";
import { connectClient } from "./raw_client.ts";
import { startServer } from "./running_server.ts";

function temporaryFolder(t: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("version names version, runtime, target and commit", async (t) => {
  const { exit, stdout, stderr } = await runProgram(t, ["version"]);
  const [version, runtime, target, commit] = stdout.split("\n");
  assert.equal(version, `tcp-server ${packageJson.version}`);
  assert.match(runtime!, /^runtime {4}(?:deno|bun) \d+\.\d+\.\d+$/);
  assert.match(target!, /^target {5}\S+$/);
  assert.match(commit!, /^commit {5}(?:[0-9a-f]{7,40}(?:-dirty)?|unknown)$/);
  assert.equal(stderr, "");
  assert.equal(exit, 0);
});

test("--help lists commands and options", async (t) => {
  const { exit, stdout, stderr } = await runProgram(t, ["--help"]);
  for (const word of ["serve", "check-config", "print-config", "version", "--port", "--config"]) {
    assert.match(stdout, new RegExp(`^ {2}${word}\\b`, "m"));
  }
  assert.equal(stderr, "");
  assert.equal(exit, 0);
});

test("an unknown option ends the program with exit code 2 and names the nearest one", async (t) => {
  const { exit, stdout, stderr } = await runProgram(t, ["--prot", "9000"]);
  assert.match(stderr, /^Unknown option "--prot", did you mean "--port"\?$/m);
  assert.equal(stdout, "");
  assert.equal(exit, 2);
});

test("every error of a configuration is told with its place, with exit code 2", async (t) => {
  const file = join(temporaryFolder(t), "bad.toml");
  writeFileSync(file, 'port = 70000\nhanlder = "echo"\n\n[handshake]\ntimeout = "1 day"\n');
  for (
    const args of [["check-config", file], ["--config", file], ["print-config", "--config", file]]
  ) {
    const { exit, stdout, stderr } = await runProgram(t, args);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 3, stderr);
    assert.match(lines[0]!, /bad\.toml:1: port: 70000, /);
    assert.match(lines[1]!, /bad\.toml:2: hanlder: .*"handler"/);
    assert.match(lines[2]!, /bad\.toml:5: handshake\.timeout: "1 day", /);
    assert.equal(stdout, "");
    assert.equal(exit, 2);
  }
});

test("what print-config prints is a configuration that means the same", async (t) => {
  const file = join(temporaryFolder(t), "printed.toml");
  const settings = { TCP_SERVER_HANDSHAKE_TIMEOUT: "1500ms", TCP_SERVER_NODE: 'a "node" #1' };
  const first = await runProgram(t, ["print-config", "--port", "9123"], settings);
  assert.match(first.stdout, /^port = 9123 +# --port$/m);
  assert.equal(first.exit, 0);
  writeFileSync(file, first.stdout);

  const check = await runProgram(t, ["check-config", file]);
  assert.deepEqual({ ...check, stderr: "" }, { exit: 0, stdout: `${file}: ok\n`, stderr: "" });

  const again = await runProgram(t, ["print-config", "--config", file]);
  const withoutOrigin = (text: string) => text.replaceAll(/ +# \S.*$/gm, "");
  assert.equal(withoutOrigin(again.stdout), withoutOrigin(first.stdout));
  assert.match(again.stdout, /printed\.toml:\d+$/m);
});

test("a port in use ends the program with exit code 3 and an error that names it", async (t) => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  t.after(() => holder.close());
  const { port } = holder.address() as AddressInfo;
  const args = ["--host", "127.0.0.1", "--port", `${port}`, "--no-admin", "--log-format", "json"];
  const { exit, stdout } = await runProgram(t, args);
  const line = JSON.parse(stdout);
  assert.equal(line.event, "cannot listen");
  assert.match(
    line.error,
    new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port}: .*(?:EADDRINUSE|in use)`),
  );
  assert.equal(exit, 3);
});

test("the port is told by the log line listening and by --port-file", async (t) => {
  const file = join(temporaryFolder(t), "port");
  const server = await startServer(t, {}, [...programUnderTest(), "--port-file", file]);
  const listening = await server.log.first("listening");
  assert.equal(listening["host"], "127.0.0.1");
  assert.ok(server.port > 0);
  await (await connectClient(t, server.port)).shakeHands();
  assert.equal(readFileSync(file, "utf8"), `${server.port}\n`);
});

test("a port file that cannot be written ends the program with exit code 1", async (t) => {
  const file = join(temporaryFolder(t), "nowhere", "port");
  const args = ["--host", "127.0.0.1", "--port", "0", "--no-admin", "--port-file", file];
  const { exit, stderr } = await runProgram(t, args);
  assert.match(stderr, /^Cannot write the port file ".*nowhere\/port": /);
  assert.equal(exit, 1);
});
