// `why`: a timeline as a story.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CODES } from "../../../../src/codec/codes.ts";
import { REASONS } from "../../../../src/cli/admin/reasons.ts";
import { run } from "./stage.ts";

const FIRST = "b28f39fc-e511-449b-be8c-312e653f423c";
const SECOND = "5d35e99f-e511-449b-be8c-312e653f423c";

const ITEMS = [
  {
    at: "2026-11-21T23:57:11.000Z",
    event: "connected",
    session: FIRST,
    address: "10.0.0.7:40112",
    client: "app/1.2",
  },
  {
    at: "2026-11-22T02:02:11.000Z",
    event: "ended",
    session: FIRST,
    address: "10.0.0.7:40112",
    client: "app/1.2",
    ended: {
      code: 1202,
      name: "slow_consumer",
      by: "server",
      message: "no byte\nfor 10 s",
      durationMs: 7_500_000,
      queuedBytes: 1153434,
      rttMs: 340,
    },
  },
  {
    at: "2026-11-22T02:02:15.000Z",
    event: "connected",
    session: SECOND,
    address: "10.0.0.7:40113",
    client: "",
  },
];

test("the story has a heading for each day, a line for each event, and where it stands now", async () => {
  const { code, asked, stdout } = await run(["why", "a b"], {
    script: () => ({ json: { items: ITEMS } }),
  });
  assert.equal(code, 0);
  assert.equal(asked[0]!.path, "/api/v1/users/a%20b/timeline");
  assert.equal(
    stdout,
    `2026-11-21 (UTC)
  23:57:11  connected  from 10.0.0.7:40112, app/1.2 (b28f39fc)
2026-11-22 (UTC)
  02:02:11  ended      slow_consumer by server after 2h 5m, 1.1 MiB queued, rtt 340 ms (b28f39fc): no byte\\u{a}for 10 s
  02:02:15  connected  from 10.0.0.7:40113 (5d35e99f)

Connected: ${SECOND}
Last end: slow_consumer mostly means ${REASONS["slow_consumer"]}
`,
  );
});

test("who has gone is not connected, and what is unknown is left out", async () => {
  const ended = { ...ITEMS[1]!.ended!, queuedBytes: 0, rttMs: null, message: "", name: "normal" };
  const items = [ITEMS[0], { ...ITEMS[1]!, ended }];
  const { stdout } = await run(["why", "ann"], { script: () => ({ json: { items } }) });
  assert.match(stdout, / {2}normal by server after 2h 5m \(b28f39fc\)\n\nNot connected\n$/);
});

test("nothing known is a failure that says so", async () => {
  const { code, stdout } = await run(["why", "no\x07body"], {
    script: () => ({ json: { items: [] } }),
  });
  assert.equal(code, 1);
  assert.match(stdout, /^Nothing is known of the user "no\\u0007body": not connected, /);
});

test("--json is the timeline as it came", async () => {
  const { code, stdout } = await run(["why", "ann", "--json"], {
    script: () => ({ json: { items: ITEMS } }),
  });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { items: ITEMS });
});

test("reasons are given for names of codes only", () => {
  const names: ReadonlySet<string> = new Set(CODES.map(({ name }) => name));
  for (const name of Object.keys(REASONS)) assert.ok(names.has(name), name);
});
