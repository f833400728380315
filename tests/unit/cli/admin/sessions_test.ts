// `sessions` and `closed`: what is asked for, and tables that fit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run, session, terminal } from "./stage.ts";

const TWO = () => ({ json: { items: [session(1), session(2)], nextCursor: null } });

function query(path: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(path.split("?")[1]));
}

test("filters are asked for by the API's names and units", async () => {
  const { asked } = await run([
    "sessions",
    ..."--user ann --group lobby --tag region=eu --tag v=a=b --address 10.0.0.0/8".split(" "),
    ..."--client app --state idle --idle-over 5m --rtt-over 300ms".split(" "),
    ..."--queued-over 64KiB --limit 7 --sort queued".split(" "),
  ], { script: TWO });
  assert.deepEqual([asked.length, asked[0]!.method, asked[0]!.token], [1, "GET", "secret"]);
  assert.match(asked[0]!.path, /^\/api\/v1\/sessions\?/);
  assert.deepEqual(query(asked[0]!.path), {
    "user": "ann",
    "group": "lobby",
    "tag.region": "eu",
    "tag.v": "a=b",
    "address": "10.0.0.0/8",
    "client": "app",
    "state": "idle",
    "idle_over": "300000",
    "rtt_over": "300",
    "queued_over": "65536",
    "sort": "-queuedBytes",
    "limit": "7",
  });
});

test("values that are none are refused before anything is asked", async () => {
  for (
    const [args, message] of [
      ["--tag region", '--tag: "region", allowed: NAME=VALUE'],
      ["--idle-over 5", '--idle-over: "5", allowed: a duration like "500ms", "30s", "1m 30s"'],
      ["--queued-over x", '--queued-over: "x", allowed: a size like "64KiB", or a number of bytes'],
      ["--limit 0", '--limit: "0", allowed: a whole number from 1 to 1000000'],
      ["--user=", "--user: The value is empty"],
    ]
  ) {
    const { code, asked, stderr } = await run(["sessions", ...args!.split(" ")]);
    assert.deepEqual([code, asked.length, stderr], [2, 0, `${message}\n`]);
  }
});

test("the table shows whole ids, and everything where nobody reads at a terminal", async () => {
  const { code, stdout } = await run(["sessions"], { script: TWO });
  assert.equal(code, 0);
  assert.equal(
    stdout,
    "SESSION                               USER    ADDRESS         STATE     RTT   QUEUED    AGE     IN    OUT  CLIENT\n" +
      "00000000-0000-4000-8000-000000000001  user-1  10.0.0.1:40000  active  34 ms  1.5 KiB  2h 4m  1 KiB  2 KiB  app/1.2\n" +
      "00000000-0000-4000-8000-000000000002  user-2  10.0.0.2:40000  active  34 ms  1.5 KiB  2h 4m  1 KiB  2 KiB  app/1.2\n",
  );
});

test("at a terminal no line is wider than it", async () => {
  const items = [
    session(1, { user: "a user with a long name indeed" }),
    session(2, { user: "漢字の長い長い名前です", address: "[2001:db8::1234:5678]:40000" }),
  ];
  for (const columns of [65, 80, 100, 132]) {
    const { stdout } = await run(["sessions"], {
      script: () => ({ json: { items, nextCursor: null } }),
      terminal: terminal(columns),
    });
    for (const line of stdout.trimEnd().split("\n")) {
      // Those characters take two columns each.
      const width = line.length + (line.match(/[漢字の長い名前です]/g) ?? []).length;
      assert.ok(width <= columns, `${width} > ${columns}: ${line}`);
    }
    assert.match(stdout, /^00000000-0000-4000-8000-000000000001 /m);
    assert.match(stdout, /…/);
  }
});

test("what a peer sent cannot leave its cell", async () => {
  const items = [session(1, { user: "a\x1b[2J\nb", client: "\u202etxt" })];
  const { stdout } = await run(["sessions"], {
    script: () => ({ json: { items, nextCursor: null } }),
  });
  assert.match(stdout, / a\\u\{1b\}\[2J\\u\{a\}b .* \\u\{202e\}txt\n$/);
});

test("pages are put together up to the limit, and more are told of", async () => {
  const pages = await run(["sessions", "--limit", "1001"], {
    script: ({ path }) => {
      const { limit, cursor } = query(path);
      const items = Array.from({ length: Number(limit) }, (_, i) => session(i));
      return { json: { items, nextCursor: cursor === undefined ? "second" : "third" } };
    },
  });
  assert.deepEqual(pages.asked.map(({ path }) => [query(path)["limit"], query(path)["cursor"]]), [
    ["1000", undefined],
    ["1", "second"],
  ]);
  const lines = pages.stdout.trimEnd().split("\n");
  assert.equal(lines.length, 1 + 1001 + 1);
  assert.equal(lines.at(-1), "There are more: --limit 10010");
});

test("an empty list says so", async () => {
  const script = () => ({ json: { items: [], nextCursor: null } });
  assert.equal((await run(["sessions"], { script })).stdout, "No session matches\n");
  const { stdout } = await run(["closed"], { script });
  assert.equal(stdout, "No session that matches ended lately\n");
});

test("one session is shown with all that is known of it", async () => {
  const { asked, stdout } = await run(["sessions", "a/b"], {
    script: () => ({ json: { id: "a/b", rttMs: null, tags: { name: "\x07" } } }),
  });
  assert.equal(asked[0]!.path, "/api/v1/sessions/a%2Fb");
  assert.equal(stdout, 'id     a/b\nrttMs  -\ntags   {"name":"\\u0007"}\n');
});

test("--json is what the API answered, with nothing in it that a terminal would obey", async () => {
  const items = [session(1, { user: "\x9b2J\u202e\u{e0001}", client: 'a "b"\n' })];
  const { stdout } = await run(["sessions", "--json"], {
    script: () => ({ json: { items, nextCursor: null } }),
  });
  assert.deepEqual(JSON.parse(stdout), { items, nextCursor: null });
  assert.doesNotMatch(stdout, /(?!\n)[\p{Cc}\p{Cf}]/u);
});

test("closed shows when, why, by whom and after how long", async () => {
  const item = {
    id: "51e1f6a5-2f0c-4c1e-9d2c-3b6f0f3a7f10",
    user: "",
    address: "10.0.0.9:1",
    name: "slow_consumer",
    by: "server",
    message: "It took no byte for 10 s",
    endedAt: "2026-11-22T10:02:11.000Z",
    durationMs: 7_440_000,
    queuedBytes: 1153434,
    rttMs: 340,
  };
  const { asked, stdout } = await run(["closed", "--code", "slow_consumer", "--user", "ann"], {
    script: () => ({ json: { items: [item], nextCursor: null } }),
  });
  assert.deepEqual(query(asked[0]!.path), { code: "slow_consumer", user: "ann", limit: "100" });
  assert.equal(
    stdout.split("\n")[1],
    "2026-11-22 10:02:11  slow_consumer  server  2h 4m  -     10.0.0.9:1  1.1 MiB  340 ms  " +
      "51e1f6a5-2f0c-4c1e-9d2c-3b6f0f3a7f10  It took no byte for 10 s",
  );
});
