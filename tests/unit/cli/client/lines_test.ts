// What the client shows of what happens: for a person, for a script, and as JSON; nothing of a peer's moves the cursor.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hexLines } from "../../../../src/cli/client/hex.ts";
import {
  bareLines,
  type Happening,
  jsonLine,
  livelyLines,
} from "../../../../src/cli/client/lines.ts";
import { refusal } from "../../../../src/client/errors.ts";
import { encodeText } from "../../../../src/base/text.ts";

const AT = new Date("2030-01-02T03:04:05.678Z");
const PLAIN = { hex: false, hasColors: false };

const REASON = {
  code: 1001,
  name: "draining",
  message: "Good night",
  by: "server",
  reconnect: "yes",
} as const;

const HAPPENINGS: readonly (readonly [Happening, string, string | undefined])[] = [
  [{ event: "sent", number: 1, command: "ping" }, "→ #1 ping", undefined],
  [{ event: "done", number: 1, command: "join a" }, "← #1 ok", undefined],
  [{ event: "pong", number: 2, ms: 1.26 }, "← #2 1.3 ms", "1.3 ms"],
  [
    { event: "response", number: 3, ms: 12, body: encodeText("hello") },
    "← #3 in 12 ms hello",
    "hello",
  ],
  [
    { event: "error", number: 4, command: "request a b", error: refusal("no_route", "Nobody") },
    "✗ #4 no_route: Nobody",
    "request a b: no_route: Nobody",
  ],
  [
    { event: "notification", route: "a.b", body: encodeText("x") },
    "⇐ notification a.b x",
    "notification a.b x",
  ],
  [{ event: "broadcast", body: encodeText("") }, "⇐ broadcast", "broadcast"],
  [
    { event: "question", id: 1, route: "", body: encodeText("why?") },
    "? question 1 why?",
    "question 1 why?",
  ],
  [
    { event: "gap", gap: { missed: 3, fresh: false } },
    "! missed 3 messages",
    "missed 3 messages",
  ],
  [
    { event: "state", state: { state: "waiting", retryInMs: 2500, reason: REASON } },
    "• back in 2.5 s, the server says draining: Good night",
    "back in 2.5 s, the server says draining: Good night",
  ],
];

test("a person sees a time, the direction, and what it was", () => {
  for (const [happening, wanted] of HAPPENINGS) {
    assert.deepEqual(livelyLines(happening, AT, PLAIN), [`03:04:05.678 ${wanted}`]);
  }
});

test("a script sees what the server said, and little else", () => {
  for (const [happening, , wanted] of HAPPENINGS) {
    assert.deepEqual(bareLines(happening, false), wanted === undefined ? [] : [wanted]);
  }
});

test("JSON has one line for each, with all of it, and bytes as text or base64", () => {
  for (const [happening] of HAPPENINGS) {
    const line = jsonLine(happening, AT);
    assert.doesNotMatch(line, /\n/);
    const { at, event } = JSON.parse(line);
    assert.deepEqual([at, event], [AT.toISOString(), happening.event]);
  }
  const body = Uint8Array.of(0, 255);
  assert.deepEqual(JSON.parse(jsonLine({ event: "broadcast", body }, AT)), {
    at: AT.toISOString(),
    event: "broadcast",
    base64: "AP8=",
  });
  const large = { event: "broadcast", body: new Uint8Array(300_000).fill(255) } as const;
  assert.equal(JSON.parse(jsonLine(large, AT)).base64.length, 400_000);
  const [failed] = HAPPENINGS.find(([{ event }]) => event === "error")!;
  assert.deepEqual(JSON.parse(jsonLine(failed, AT)).error, {
    code: 2000,
    name: "no_route",
    message: "Nobody",
    by: "client",
  });
});

test("control characters of a peer are escaped wherever they stand", () => {
  const evil = "a\x1b[2J\n\u202eb\u2028";
  const said: Happening[] = [
    { event: "response", number: 1, ms: 1, body: encodeText(evil) },
    { event: "notification", route: evil, body: encodeText(evil) },
    { event: "broadcast", body: encodeText(evil) },
    { event: "question", id: 1, route: evil, body: encodeText(evil) },
    { event: "sent", number: 1, command: evil },
    { event: "error", number: 1, command: evil, error: new Error(evil) },
    {
      event: "state",
      state: { state: "open", session: evil, node: evil, server: evil, recovered: false },
    },
    {
      event: "state",
      state: { state: "closed", reason: { ...REASON, name: evil, message: evil } },
    },
  ];
  for (const happening of said) {
    for (const hex of [true, false]) {
      const lines = [
        ...livelyLines(happening, AT, { ...PLAIN, hex }),
        ...bareLines(happening, hex),
        jsonLine(happening, AT),
      ];
      for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028]/u);
    }
  }
});

test("colours are there where they are wanted", () => {
  const [[happening]] = HAPPENINGS as [(typeof HAPPENINGS)[0]];
  const [line] = livelyLines(happening, AT, { hex: false, hasColors: true });
  assert.ok(line!.startsWith("\x1b[2m03:04:05.678\x1b[0m "));
});

test("bytes are shown sixteen in a row, with their place and their characters", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => i + 0x5a);
  assert.deepEqual(hexLines(bytes, 100), [
    "  000000  5a 5b 5c 5d 5e 5f 60 61  62 63 64 65 66 67 68 69  Z[\\]^_`abcdefghi",
    "  000010  6a 6b 6c 6d                                       jklm",
  ]);
  assert.deepEqual(hexLines(bytes, 3), [
    "  000000  5a 5b 5c                                          Z[\\",
    "  … 17 bytes more",
  ]);
  assert.deepEqual(hexLines(new Uint8Array(0), 3), []);
  assert.match(hexLines(Uint8Array.of(0, 0x1b, 0x7f, 0x80, 0x20), 5)[0]!, / {2}\.\.\.\. $/);
});

test("a long payload is cut for a person, and whole for a script", () => {
  const happening: Happening = { event: "broadcast", body: encodeText("x".repeat(10_000)) };
  const [line] = livelyLines(happening, AT, PLAIN);
  assert.match(line!, /x… \(9\.8 KiB\)$/);
  assert.ok(line!.length < 5000);
  assert.ok(bareLines(happening, false)[0]!.length > 10_000);
});
