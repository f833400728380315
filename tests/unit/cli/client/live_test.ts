// `client` at a terminal: typing, what comes in meanwhile, questions, the way back, and leaving.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { encodeText } from "../../../../src/base/text.ts";
import type { SessionHandle } from "../../../../src/messaging/session_handle.ts";
import { QUESTIONS_MAX } from "../../../../src/limits/terminal_client.ts";
import { ClientStage } from "./stage.ts";

/** A client with an open session. */
async function open(columns = 80) {
  const live = new ClientStage({ isTerminal: true, columns });
  await live.says("• open, session ");
  const { stage } = live;
  const session = (): SessionHandle => stage.app.session(stage.sessions.at(-1)!.id)!;
  return { live, stage, session };
}

/** What the last row of the terminal shows. */
function lastRow({ output }: ClientStage): string {
  return stripVTControlCharacters(output.stdout.split("\n").at(-1)!.split("\r").at(-2)!);
}

test("a command that is typed is sent, and its answer shown, each with its number", async () => {
  const { live } = await open();
  live.type("request sys.echo hello\r");
  await live.says("→ #1 request sys.echo hello\r\n");
  await live.says("← #1 in 2 ms hello\r\n");
  live.type("nope\r");
  await live.says('Unknown command "nope", try "help"\r\n');
  live.type("request a.b x\r");
  await live.says("✗ #2 the server says no_route: Nobody serves this route\r\n");
  live.type("help\r");
  await live.says("request ROUTE [TEXT]");
  live.type("quit\r");
  assert.equal((await live.ended()).code, 0);
});

test("what comes in is printed above the line that is being typed", async () => {
  const { live, stage } = await open();
  live.type("half ty");
  stage.app.broadcast(encodeText("news"));
  await live.says("⇐ broadcast news\r\n");
  assert.equal(lastRow(live), "> half ty");
  live.type("\x15send ped\r");
  await live.says("→ #1 send ped");
});

test("a line longer than the terminal shows the part around the cursor", async () => {
  const { live } = await open(30);
  live.type(`send ${"a".repeat(50)}`);
  assert.equal(lastRow(live), `> ${"a".repeat(27)}`);
  live.type("\x01");
  assert.equal(lastRow(live), `> send ${"a".repeat(22)}`);
});

test("hex shows payloads as bytes, and state where the client stands", async () => {
  const { live } = await open();
  live.type("hex on\rsend AB\r");
  await live.says("← #1 in 2 ms (2 B)\r\n  000000  41 42 ");
  live.type("hex off\rsend AB\r");
  await live.says("← #2 in 2 ms AB\r\n");
  live.type("state\r");
  await live.says("• open, session ");
});

test("questions of the server wait for an answer, under a number", async () => {
  const { live, session } = await open();
  const asked = session().request("app.color", encodeText("which?"), { timeoutMs: 5000 });
  await live.says("? question 1 app.color which?\r\n");
  live.type("answer 2 red\r");
  await live.says("✗ #1 No question 2 waits for an answer\r\n");
  live.type("answer 1 blue, I think\r");
  await live.says("← #2 ok\r\n");
  await live.until(() => live.stage.now > 0);
  let answer: string | undefined;
  void asked.then((bytes) => (answer = new TextDecoder().decode(bytes)));
  await live.until(() => answer !== undefined);
  assert.equal(answer, "blue, I think");
});

test("of too many questions the oldest is refused", async () => {
  const { live, session } = await open();
  const failed: number[] = [];
  for (let number = 1; number <= QUESTIONS_MAX + 2; number++) {
    session().request("q", encodeText(""), { timeoutMs: 60_000 }).catch(() => failed.push(number));
  }
  await live.until(() => failed.length === 2);
  assert.deepEqual(failed, [1, 2]);
});

test("a connection that is lost is counted down to, and comes back before one's eyes", async () => {
  const { live, stage } = await open();
  live.type("half ty");
  live.output.stdout = "";
  stage.world.streamOf(stage.sessions[0]!.connection!).reset();
  await live.says("• back in ");
  await live.says("transport_lost: ");
  await live.until(() => /^back in \d s> half ty$/.test(lastRow(live)));
  await live.says("• open, the session goes on ");
  assert.equal(lastRow(live), "> half ty");
});

test("the countdown counts, and questions of a session that is gone take no answer", async () => {
  const { live, session } = await open();
  session().request("q", encodeText("why?"), { timeoutMs: 60_000 }).catch(() => {});
  await live.says("? question 1 q why?");
  session().kick({ message: "Later", retryAfterMs: 3000 });
  await live.says("• back in ");
  for (const seconds of [3, 2, 1]) await live.says(`back in ${seconds} s> `);
  await live.says("! a new session: ");
  live.type("answer 1 because\r");
  await live.says("✗ #1 No question 1 waits for an answer");
});

test("Ctrl-C leaves cleanly, whatever stands on the line", async () => {
  const { live, stage } = await open();
  live.type("half ty\x03");
  assert.equal((await live.ended()).code, 0);
  stage.settle();
  assert.equal(stage.closed("normal"), 1);
});

test("Ctrl-C leaves while it connects, and while it waits to", async () => {
  const connecting = new ClientStage({ isTerminal: true });
  connecting.type("\x03");
  assert.equal((await connecting.ended()).code, 0);
  const waiting = new ClientStage({ isTerminal: true, args: ["--to", "1"] });
  await waiting.says("• back in ");
  waiting.type("\x03");
  assert.equal((await waiting.ended()).code, 0);
});

test("a second Ctrl-C does not wait for the server's goodbye", async () => {
  const { live, stage } = await open();
  stage.sessions[0]!.connection!.pause();
  live.type("\x03");
  live.type("\x03");
  assert.equal((await live.ended()).code, 1);
});

test("a signal leaves as Ctrl-C does", async () => {
  const { live } = await open();
  live.signal("SIGTERM");
  assert.equal((await live.ended()).code, 0);
});

test("a server that wants the client no more ends it with 1, and says why", async () => {
  const { live, session } = await open();
  session().kick({ message: "Good night" });
  await live.says("• closed, the server says kicked: Good night\r\n");
  assert.equal((await live.ended()).code, 1);
});
