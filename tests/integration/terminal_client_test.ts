// `tcp-server client`, the program: in a terminal, with -c, with commands through a pipe, and as JSON.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { type Cleanup, programUnderTest, ROOT, runProgram } from "./program.ts";
import { startServer } from "./running_server.ts";
import { HAS_TERMINAL, Terminal } from "./terminal.ts";

const IN_TERMINAL = { skip: !HAS_TERMINAL };

/** Every route that a client may use. */
const OPEN = { sys_join: "true", sys_publish: "true", sys_tell: "true" };

async function startClient(t: Cleanup, env?: Readonly<Record<string, string>>) {
  const { port, log, program } = await startServer(t, OPEN);
  const terminal = new Terminal(t, [...programUnderTest(), "client", "--to", `${port}`], env);
  await terminal.shows("• open, session ");
  return { port, log, program, terminal };
}

test("somebody types, looks back through what was typed, and leaves", IN_TERMINAL, async (t) => {
  const { terminal, log } = await startClient(t);
  terminal.type("request sys.echo héllo\r");
  await terminal.shows("→ #1 request sys.echo héllo");
  await terminal.shows(" héllo");
  terminal.type("join room\r");
  await terminal.shows("← #2 ok");
  terminal.type("publish room half\x1b[D\x1b[D\x1b[DX\r");
  await terminal.shows("⇐ broadcast hXalf");
  terminal.type("\x1b[A\x1b[A\x1b[A\r");
  await terminal.shows("→ #4 request sys.echo héllo");
  terminal.type("half typed\x03");
  assert.equal(await terminal.exited(), 0);
  assert.equal((await log.first("session ended"))["name"], "normal");
});

test("colours are there, and go with NO_COLOR", IN_TERMINAL, async (t) => {
  for (const [env, color] of [[{}, "\x1b[32m"], [{ NO_COLOR: "1" }, ""]] as const) {
    const { terminal } = await startClient(t, env);
    terminal.type("ping\r");
    await terminal.sends(`${color}←${color === "" ? "" : "\x1b[0m"} #1 `);
    terminal.type("\x04");
    assert.equal(await terminal.exited(), 0);
  }
});

test("a server that goes is told, and Ctrl-C leaves also then", IN_TERMINAL, async (t) => {
  const { terminal, program } = await startClient(t);
  terminal.type("half typed");
  program.signal("SIGTERM");
  await terminal.shows("• leaving, the server says draining: ");
  await terminal.shows("• back in ");
  await terminal.shows("> half typed");
  terminal.type("\x03");
  assert.equal(await terminal.exited(), 0);
});

test("Ctrl-C leaves while nobody answers", IN_TERMINAL, async (t) => {
  const terminal = new Terminal(t, [...programUnderTest(), "client", "--to", "1"]);
  await terminal.shows("• back in ");
  terminal.type("\x03");
  assert.equal(await terminal.exited(), 0);
});

test("commands with -c print what is answered; the first failure is exit code 1", async (t) => {
  const { port } = await startServer(t, OPEN);
  const to = ["client", "--to", `${port}`];
  const good = ["-c", "request sys.echo hello", "-c", "join a", "-c", "publish a hey"];
  const done = await runProgram(t, [...to, ...good]);
  assert.deepEqual([done.exit, done.stderr], [0, ""]);
  assert.deepEqual(done.stdout.trimEnd().split("\n").sort(), [
    "broadcast hey",
    "hello",
    '{"matched":1,"queued":1,"slow":0}',
  ]);
  const failed = await runProgram(t, [...to, "-c", "request nope", "-c", "ping"]);
  assert.deepEqual([failed.exit, failed.stdout], [1, ""]);
  const nobody = await runProgram(t, ["client", "--to", "1", "-c", "ping"]);
  assert.deepEqual([nobody.exit, nobody.stdout], [1, ""]);
  assert.match(nobody.stderr, /^transport_lost: Cannot connect: /);
});

test("commands through a pipe run in order, and --json prints an object a line", async (t) => {
  const { port } = await startServer(t, OPEN);
  const lines = Array.from({ length: 200 }, (_, i) => `send line ${i}`);
  const piped = await pipe(t, ["--to", `${port}`], lines);
  assert.deepEqual([piped.exit, piped.stderr], [0, ""]);
  assert.deepEqual(piped.stdout, lines.map((line) => line.replace("send ", "")).join("\n") + "\n");
  const json = await pipe(t, ["--to", `${port}`, "--json"], ["request sys.echo hex:00ff"]);
  const happened = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(happened.map(({ event }) => event), [
    "state",
    "state",
    "sent",
    "response",
    "state",
  ]);
  assert.equal(happened[3].base64, "AP8=");
});

/** Runs the client with these lines on its standard input. */
async function pipe(t: Cleanup, args: readonly string[], lines: readonly string[]) {
  const [file, ...words] = [...programUnderTest(), "client", ...args];
  const child = spawn(file!, words, { cwd: ROOT, stdio: "pipe" });
  t.after(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const exit = await new Promise<number | null>((resolve) => void child.on("close", resolve));
  return { exit, stdout, stderr };
}
