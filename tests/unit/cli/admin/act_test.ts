// `send`, `broadcast`, `ask`, `kick` and `drain`: which request each line becomes, and what is said of the answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run, type StageOptions } from "./stage.ts";

/** Runs a line, whose words hold no blanks, and expects one request. */
async function one(line: string, json: unknown = {}) {
  const { code, asked, stdout, stderr } = await run(line.split(" "), { script: () => ({ json }) });
  assert.deepEqual([asked.length, stderr], [1, ""]);
  const { method, path, body } = asked[0]!;
  return { code, stdout, request: [`${method} ${path}`, body] };
}

async function refused(line: string, given: StageOptions = {}): Promise<string> {
  const { code, asked, stdout, stderr } = await run(line.split(" "), given);
  assert.deepEqual([code, asked.length, stdout], [2, 0, ""]);
  return stderr;
}

test("send goes to a session, a user or a group", async () => {
  const { code, stdout, request } = await one("send a/b hello", { result: "queued" });
  assert.deepEqual([code, stdout], [0, "queued\n"]);
  assert.deepEqual(request, ["POST /api/v1/sessions/a%2Fb/send", { text: "hello" }]);
  const toUser = await one("send --user ann hello --route a.b", { queued: 2, slow: 1 });
  assert.equal(toUser.stdout, "2 queued, 1 slow\n");
  assert.deepEqual(toUser.request, [
    "POST /api/v1/users/ann/send",
    { text: "hello", route: "a.b" },
  ]);
  const toGroup = await one("send --group lobby --base64 AP8=");
  assert.deepEqual(toGroup.request, ["POST /api/v1/groups/lobby/send", { base64: "AP8=" }]);
});

test("send to a session that is gone fails", async () => {
  const { code, stdout } = await one("send a hello", { result: "gone" });
  assert.deepEqual([code, stdout], [1, "gone\n"]);
});

test("send wants one target", async () => {
  for (const line of ["send hello", "send a hello --user ann", "send x --user a --group b"]) {
    assert.match(await refused(line), /^Name one target and one text: ID TEXT, "--user" USER TEXT/);
  }
  assert.match(await refused("send"), /^The command "send" needs TEXT\n/);
});

test("broadcast goes to everybody, or to those that match but for some", async () => {
  const all = await one("broadcast hello", { matched: 3, queued: 2, slow: 1 });
  assert.deepEqual(all.request, ["POST /api/v1/broadcast", { text: "hello" }]);
  assert.equal(all.stdout, "3 matched, 2 queued, 1 slow\n");
  const some = await one("broadcast hello --tag v=2 --state idle --except a --except b --dry-run", {
    matched: 3,
    queued: 0,
    slow: 0,
  });
  assert.deepEqual(some.request[1], {
    text: "hello",
    filter: { "tag.v": "2", state: "idle" },
    except: ["a", "b"],
    dryRun: true,
  });
  assert.equal(some.stdout, "3 matched (a dry run: nothing was done)\n");
});

test("ask prints the answer, in which nothing moves the cursor", async () => {
  const { stdout, request } = await one("ask a app.version now --timeout 1s", {
    text: "1.2\n\x1b[2J",
  });
  assert.deepEqual(request, [
    "POST /api/v1/sessions/a/request",
    { text: "now", route: "app.version", timeoutMs: 1000 },
  ]);
  assert.equal(stdout, "1.2\n\\u{1b}[2J\n");
  const bare = await one("ask a now", { base64: "AP8=" });
  assert.deepEqual([bare.request[1], bare.stdout], [{ text: "now" }, "AP8=\n"]);
});

test("a client that does not answer in time is a failure", async () => {
  const error = { code: "timeout", message: "The client did not answer within 1000 ms" };
  const { code, stderr } = await run(["ask", "a", "now"], {
    script: () => ({ status: 504, json: { error } }),
  });
  assert.deepEqual([code, stderr], [1, "The client did not answer within 1000 ms (timeout)\n"]);
});

test("kick ends a session, or all of a user", async () => {
  const { stdout, request } = await one(
    "kick a --message Bye --ban 90m --reconnect no --retry-after 1m",
    { result: "kicked" },
  );
  assert.equal(stdout, "kicked\n");
  assert.deepEqual(request, [
    "DELETE /api/v1/sessions/a",
    { message: "Bye", reconnect: "no", retryAfterMs: 60_000, banSeconds: 5400 },
  ]);
  assert.deepEqual((await one("kick --user ann")).request, ["DELETE /api/v1/users/ann", {}]);
});

test("kick by filter counts first where that is asked for, and keeps a pace", async () => {
  const dry = await one("kick --user ann --dry-run", { matched: 2 });
  assert.deepEqual(dry.request, ["POST /api/v1/kick", { filter: { user: "ann" }, dryRun: true }]);
  assert.equal(dry.stdout, "2 matched (a dry run: nothing was done)\n");
  const paced = await one("kick --client app/1.2 --rate 100", { matched: 500, kicked: 0 });
  assert.equal(paced.stdout, "500 matched: they are ended at 100 a second\n");
  assert.deepEqual(paced.request[1], { filter: { client: "app/1.2" }, ratePerSecond: 100 });
  assert.deepEqual((await one("kick --all")).request, ["POST /api/v1/kick", { filter: {} }]);
});

test("kick ends nobody where it is not clear who is meant", async () => {
  const message = /^Name a session, or whom to kick with a filter like "--user", or "--all": one/;
  assert.match(await refused("kick"), message);
  assert.match(await refused("kick --all --user ann"), message);
  assert.match(await refused("kick --user="), /^--user: The value is empty\n$/);
  for (const more of ["--user ann", "--all", "--dry-run", "--rate 1"]) {
    assert.match(await refused(`kick a ${more}`), /^A session is named, so no filter, /);
  }
});

test("a name that no path can hold is refused before anything is asked", async () => {
  for (const line of ["kick ..", "kick .", "send --user .. hello", "why ..", "sessions ."]) {
    assert.match(await refused(line), /^"\.\.?": not a name, allowed: /);
  }
  const { code, asked } = await run(["kick", ""]);
  assert.deepEqual([code, asked.length], [2, 0]);
});

test("drain says how many are told", async () => {
  const { stdout, request } = await one("drain", { sessions: 12 });
  assert.deepEqual(request, ["POST /api/v1/drain", {}]);
  assert.equal(stdout, "The server drains: 12 sessions are told when to come back\n");
});

test("--json prints what the API answered", async () => {
  for (const line of ["send a b", "broadcast a", "ask a b", "kick a", "drain"]) {
    const { stdout } = await one(`${line} --json`, { result: "queued" });
    assert.deepEqual(JSON.parse(stdout), { result: "queued" }, line);
  }
});

test("workers that did not answer are named in one line, whatever was printed and however it ended", async () => {
  const headers = { "x-workers-missing": "3, 11" };
  const script = (json: unknown, status = 200) => ({ script: () => ({ json, status, headers }) });
  const line = "Workers 3, 11 did not answer\n";
  const kicked = await run(["kick", "--all", "--json"], script({ matched: 2, kicked: 2 }));
  assert.deepEqual([kicked.code, kicked.stderr], [0, line]);
  assert.deepEqual(JSON.parse(kicked.stdout), { matched: 2, kicked: 2 });
  const error = { code: "timeout", message: "No answer" };
  const failed = await run(["kick", "--all"], script({ error }, 504));
  assert.deepEqual([failed.code, failed.stderr], [1, `No answer (timeout)\n${line}`]);
});
