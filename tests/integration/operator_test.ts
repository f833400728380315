// Somebody at a terminal, with the executable: looks at a running server, ends a session, and asks the machine.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BROADCAST, DISCONNECT, frame, NOTIFICATION, REQUEST, RESPONSE } from "./frames.ts";
import { type Cleanup, runProgram } from "./program.ts";
import { connectClient } from "./raw_client.ts";
import { type Settings, startServer } from "./running_server.ts";

/** A server with an admin API, and the program as its operator's. */
async function startOperated(t: Cleanup, more: Settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, "admin.token");
  const settings = {
    admin_enabled: "true",
    admin_port: "0",
    admin_token_file: tokenFile,
    ...more,
  };
  const { port, log, program } = await startServer(t, settings);
  const { port: adminPort } = await log.first("admin listening");
  const env = {
    TCP_SERVER_ADMIN: `http://127.0.0.1:${adminPort}`,
    TCP_SERVER_ADMIN_TOKEN_FILE: tokenFile,
  };
  return { port, program, operate: (...args: string[]) => runProgram(t, args, env) };
}

test("an operator finds a session, ends it, and reads why it left", async (t) => {
  const { port, operate } = await startOperated(t);
  const client = await connectClient(t, port);
  await client.shakeHands({ user: "ann", client: "app/1.2" });

  const listed = await operate("sessions", "--user", "ann", "--json");
  assert.deepEqual([listed.exit, listed.stderr], [0, ""]);
  const [{ id }] = JSON.parse(listed.stdout).items;
  assert.match((await operate("sessions")).stdout, new RegExp(`^SESSION .*\n${id}  ann +127`));
  assert.match((await operate("sessions", "--user", "bob")).stdout, /^No session matches\n$/);
  assert.match((await operate("top", "--once")).stdout, /^sessions +1 of 10 000, room for /m);

  const kicked = await operate("kick", id, "--message", "Good night");
  assert.deepEqual(kicked, { exit: 0, stdout: "kicked\n", stderr: "" });
  const { type, payload } = await client.next();
  assert.deepEqual([type, JSON.parse(`${payload}`).message], [DISCONNECT, "Good night"]);
  client.finish();

  const { exit, stdout } = await operate("why", "ann");
  assert.equal(exit, 0);
  assert.match(stdout, / connected {2}from 127\.0\.0\.1:\d+, app\/1\.2 /);
  assert.match(stdout, / ended {6}kicked by admin after .*: Good night\n\nNot connected\n/);
  assert.match((await operate("closed", "--code", "kicked")).stdout, new RegExp(`kicked .*${id}`));
});

test("an operator sends, broadcasts and asks, and clients hear and answer", async (t) => {
  const { port, operate } = await startOperated(t);
  const client = await connectClient(t, port);
  await client.shakeHands({ user: "ann" });
  async function heard(): Promise<[number, string]> {
    const { type, payload } = await client.next();
    return [type, `${payload}`];
  }

  const sent = await operate("send", "--user", "ann", "Your order is ready");
  assert.deepEqual([sent.exit, sent.stdout], [0, "1 matched, 1 queued, 0 slow\n"]);
  assert.deepEqual(await heard(), [NOTIFICATION, "Your order is ready"]);

  const counted = await operate("broadcast", "hello", "--dry-run");
  assert.equal(counted.stdout, "1 matched (a dry run: nothing was done)\n");
  assert.equal((await operate("broadcast", "hello")).exit, 0);
  assert.deepEqual(await heard(), [BROADCAST, "hello"]);

  const [{ id }] = JSON.parse((await operate("sessions", "--json")).stdout).items;
  const asking = operate("ask", id, "what time is it?", "--timeout", "30s");
  const question = await client.next();
  assert.deepEqual([question.type, `${question.payload}`], [REQUEST, "what time is it?"]);
  client.send(frame(RESPONSE, question.id, "half past ten"));
  assert.deepEqual(await asking, { exit: 0, stdout: "half past ten\n", stderr: "" });
});

test("an operator drains the server, and is then told that nobody answers", async (t) => {
  const { program, operate } = await startOperated(t);
  const { exit, stdout } = await operate("drain");
  assert.equal(exit, 0);
  assert.equal(stdout, "The server drains: 0 sessions are told when to come back\n");
  assert.equal(await program.exited(), 0);
  const late = await operate("sessions");
  assert.deepEqual([late.exit, late.stdout], [1, ""]);
  assert.match(late.stderr, /^Cannot reach the admin API at .*: connection refused \(.*\)\n$/);
});

test("an operator of two workers sees both, and what doctor reckons for them", async (t) => {
  const { port, operate } = await startOperated(t, { workers: "2" });
  const client = await connectClient(t, port);
  await client.shakeHands({ user: "ann" });
  const { exit, stdout, stderr } = await operate("top", "--once");
  assert.deepEqual([exit, stderr], [0, ""]);
  assert.match(
    stdout,
    /\n\nWORKER .*\n +1 {2}running .*\n +2 {2}running .*\n\nSESSION .*\n.* ann /,
  );
  const args = ["doctor", "--port", "0", "--no-admin", "--json", "--max-connections", "1"];
  const reckoned = await runProgram(t, [...args, "--workers", "2"]);
  const { workers, checks } = JSON.parse(reckoned.stdout);
  assert.deepEqual([reckoned.exit, workers, checks[0].name], [0, 2, "workers"]);
});

test("a wrong token and a session that is not there are told in a line, with exit code 1", async (t) => {
  const { operate } = await startOperated(t);
  const wrong = await operate("sessions", "--token", "x".repeat(43));
  assert.deepEqual([wrong.exit, wrong.stdout], [1, ""]);
  assert.match(wrong.stderr, /^The server refuses the token \(--token\): .*\n$/);
  const missing = await operate("kick", "nobody");
  assert.deepEqual([missing.exit, missing.stdout], [1, ""]);
  assert.match(missing.stderr, /^.*"nobody".*\(not_found\)\n$/);
});

test("doctor tells what this machine holds, and fails where that is not enough", async (t) => {
  const args = ["doctor", "--port", "0", "--no-admin", "--json"];
  const enough = await runProgram(t, [...args, "--max-connections", "1"]);
  assert.deepEqual([enough.exit, enough.stderr], [0, ""]);
  const { ok, sessions, checks } = JSON.parse(enough.stdout);
  assert.equal(ok, true);
  assert.ok(sessions >= 1);
  assert.deepEqual(
    checks.slice(0, 4).map(({ name }: { name: string }) => name),
    ["descriptors", "memory", "backlog", "ports out"],
  );
  const tooMany = await runProgram(t, ["doctor", "--host", "192.0.2.1", "--max-connections", "1"]);
  assert.equal(tooMany.exit, 1);
  assert.match(tooMany.stdout, /^FAILED {3}port +192\.0\.2\.1:9000 cannot be had: /m);
});

test("the executable prints completions", async (t) => {
  const { exit, stdout } = await runProgram(t, ["completions", "bash"]);
  assert.equal(exit, 0);
  assert.match(stdout, /\ncomplete -F _tcp_server tcp-server\n$/);
});
