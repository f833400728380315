// `client` for scripts: commands with -c or through a pipe, plain or as JSON, and the exit code.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientStage, type ClientStageOptions } from "./stage.ts";

function run(options: ClientStageOptions) {
  return new ClientStage(options).ended();
}

function commands(...lines: string[]): string[] {
  return lines.flatMap((line) => ["-c", line]);
}

test("commands run one after the other, and print what was answered", async () => {
  const args = commands("request sys.echo hello", "send hi", "join a", "ping", "notify x y");
  const { code, stdout, stderr } = await run({ args });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, "hello\nhi\n2 ms\n");
});

test("the first command that fails ends it with 1", async () => {
  const { code, stdout, stderr } = await run({ args: commands("request nope x", "send hi") });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(stderr, "request nope x: the server says no_route: Nobody serves this route\n");
});

test("a mistake in any command is told before the first one runs, with 2", async () => {
  const { code, stdout, stderr } = await run({ args: commands("send hi", "sned hi") });
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(stderr, 'Unknown command "sned", did you mean "send"?\n');
});

test("lines that are piped in run alike, whatever pieces they come in", async () => {
  const input = ["send o", "ne\r\n\n# no\nsend t", "wo\nsend three"];
  const { code, stdout } = await run({ input });
  assert.deepEqual([code, stdout], [0, "one\ntwo\nthree\n"]);
  const wrong = await run({ input: ["send one\nbanana\nsend two\n"] });
  assert.deepEqual([wrong.code, wrong.stdout], [1, "one\n"]);
  assert.equal(wrong.stderr, 'Unknown command "banana", try "help"\n');
});

test("quit ends it before the last line, and no line at all is fine", async () => {
  const { code, stdout } = await run({ input: ["send one\nquit\nsend two\n"] });
  assert.deepEqual([code, stdout], [0, "one\n"]);
  assert.deepEqual(await run({ input: [] }), { code: 0, stdout: "", stderr: "" });
});

test("--json prints an object a line for everything that happens", async () => {
  const args = ["--json", ...commands("send \x1b", "request nope")];
  const { code, stdout, stderr } = await run({ args });
  assert.deepEqual([code, stderr], [1, ""]);
  assert.ok(!stdout.includes("\x1b"));
  const happened = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    happened.map(({ event, state, number }) => [event, state ?? number]),
    [
      ["state", "connecting"],
      ["state", "open"],
      ["sent", 1],
      ["response", 1],
      ["sent", 2],
      ["error", 2],
      ["state", "closed"],
    ],
  );
  assert.equal(happened[3].text, "\x1b");
  assert.equal(happened[5].error.name, "no_route");
});

test("what comes in while a script waits is printed", async () => {
  const started = new ClientStage({ args: commands("join a", "publish a hey", "wait 1s") });
  const { stage } = started;
  await started.until(() => started.output.stdout.includes("broadcast hey\n"));
  stage.app.user("").send("x.y", new TextEncoder().encode("note"));
  stage.app.broadcast(new TextEncoder().encode("all"));
  const { code, stdout } = await started.ended();
  assert.equal(code, 0);
  assert.match(stdout, /^broadcast all\n/m);
});

test("a server that is not there ends a script at once, with 1 and why", async () => {
  const { code, stdout, stderr } = await run({ args: ["--to", "1", ...commands("ping")] });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^transport_lost: Cannot connect: .+\n$/);
});

test("a server that wants the client no more ends a script with 1 and why", async () => {
  const started = new ClientStage({ args: commands("wait 1h") });
  await started.until(() => started.stage.sessions[0]?.isOpen === true);
  const { app, sessions } = started.stage;
  app.session(sessions[0]!.id)!.kick({ message: "Enough" });
  const { code, stderr } = await started.ended();
  assert.equal(code, 1);
  assert.equal(stderr, "the server says kicked: Enough\n");
});

test("a signal ends a script with 1, also while it connects", async () => {
  for (const isEarly of [true, false]) {
    const started = new ClientStage({ args: commands("wait 1h") });
    if (!isEarly) await started.until(() => started.stage.sessions[0]?.isOpen === true);
    started.signal("SIGINT");
    const { code, stderr } = await started.ended();
    assert.deepEqual([code, stderr], [1, "Interrupted\n"]);
  }
});

test("--plain speaks without routes, and says so where one is wanted", async () => {
  const args = ["--plain", ...commands("send hi", "request sys.echo x")];
  const { code, stdout, stderr } = await run({ args });
  assert.deepEqual([code, stdout], [1, "hi\n"]);
  assert.equal(stderr, "request sys.echo x: no_route: This server knows no routes\n");
});

test("--user and --timeout reach the client; wrong values end with 2", async () => {
  const { stdout } = await run({ args: ["--user", "ann", ...commands("info")] });
  assert.equal(JSON.parse(stdout).user, "ann");
  const wrong = await run({ args: ["--timeout", "0s", ...commands("ping")] });
  assert.deepEqual(
    [wrong.code, wrong.stderr],
    [2, '--timeout: "0s", allowed: a time from 1ms to 24h\n'],
  );
  const nowhere = await run({ args: ["--to", "a:b:c", ...commands("ping")] });
  assert.equal(nowhere.code, 2);
});
