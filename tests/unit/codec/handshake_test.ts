// The JSON of a Handshake, key by key, and of its answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_BYTES } from "../../../src/base/bytes.ts";
import { decodeText } from "../../../src/base/text.ts";
import {
  decodeHandshake,
  encodeHandshakeAck,
  type HandshakeAck,
} from "../../../src/codec/handshake.ts";
import * as limits from "../../../src/limits/wire.ts";
import { assertRefused, assertRefusedAt, taken } from "./handshakes.ts";

const NOTHING_SAID = { plain: false, client: "", user: "", tags: {}, features: [] };
const NOT_STRINGS = [null, 1, true, [], ["a"], {}];
const NOT_INTEGERS = [null, "1", true, [], [1], {}, 1.5, -0.5];

function assertTaken(value: unknown) {
  taken(JSON.stringify(value));
}

test("an empty Handshake is a plain client", () => {
  assert.deepEqual(decodeHandshake(NO_BYTES), { ...NOTHING_SAID, plain: true });
});

test("an empty JSON object is a client that is not plain and says nothing", () => {
  assert.deepEqual(taken("{}"), NOTHING_SAID);
});

test("a Handshake with every key right is taken", () => {
  const everything = {
    protocol: 1,
    client: "meter/2.1",
    token: "secret",
    user: "ann",
    tags: { region: "eu", device: "" },
    heartbeatMs: 15_000,
    features: ["routes", "resume", "unheard_of"],
    resume: { session: "s", secret: "t", received: 2 ** 53 - 1 },
  };
  const { client, user, tags } = everything;
  assert.deepEqual(taken(JSON.stringify(everything)), {
    plain: false,
    client,
    user,
    tags,
    heartbeatMs: 15_000,
    features: ["routes", "resume"],
    resume: { session: "s", secret: "t", received: 2 ** 53 - 1 },
  });
});

test("unknown keys are ignored, whatever they hold", () => {
  const json = '{"Client":5,"toString":1,"constructor":{"client":2},"":null,"x":[{"y":[]}]}';
  assert.deepEqual(taken(json), NOTHING_SAID);
});

test("protocol: 1 and higher are taken, lower is unsupported_version, no integer is bad_handshake", () => {
  for (const protocol of [1, 2, 2 ** 31]) assertTaken({ protocol });
  for (const protocol of ["0", "-0", "-1", "-1e300"]) {
    assertRefused(`{"protocol":${protocol}}`, "protocol 1", "unsupported_version");
  }
  for (const protocol of NOT_INTEGERS) assertRefusedAt("protocol", protocol);
  assertRefused('{"protocol":1e999}', "protocol");
});

test("client and user: strings up to their bound, counted in UTF-16 code units", () => {
  const bounds = { client: limits.CLIENT_NAME_CHARS_MAX, user: limits.USER_CHARS_MAX };
  for (const key of ["client", "user"] as const) {
    const most = bounds[key];
    for (const text of ["", "x".repeat(most), "ü".repeat(most), "😀".repeat(most / 2)]) {
      assert.equal(taken(JSON.stringify({ [key]: text }))[key], text);
    }
    assertRefusedAt(key, "x".repeat(most + 1));
    assertRefusedAt(key, "😀".repeat(most / 2) + "x");
    for (const value of NOT_STRINGS) assertRefusedAt(key, value);
  }
});

test("token: any string", () => {
  assertTaken({ token: "" });
  assertTaken({ token: "x".repeat(8000) });
  for (const value of NOT_STRINGS) assertRefusedAt("token", value);
});

test("tags: an object of few short strings", () => {
  const tags = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag${i}`, "v"]));
  const longest = "x".repeat(limits.TAG_CHARS_MAX);
  for (const right of [{}, tags(limits.TAGS_MAX), { [longest]: longest }]) {
    assert.deepEqual(taken(JSON.stringify({ tags: right })).tags, right);
  }
  assertRefusedAt("tags", tags(limits.TAGS_MAX + 1));
  assertRefusedAt("tags", { [longest + "x"]: "v" });
  assertRefusedAt("tags", { name: longest + "x" });
  for (const value of NOT_STRINGS) assertRefusedAt("tags", { name: value });
  for (const value of [null, 1, true, "a", [], ["a"]]) assertRefusedAt("tags", value);
});

test("heartbeatMs: an integer, which the server clamps", () => {
  for (const heartbeatMs of [15_000, 0, -1, 2 ** 53]) assertTaken({ heartbeatMs });
  for (const value of NOT_INTEGERS) assertRefusedAt("heartbeatMs", value);
  assertRefused('{"heartbeatMs":1e999}', "heartbeatMs");
});

test("features: an array of strings", () => {
  assertTaken({ features: [] });
  assertTaken({ features: ["a", ""] });
  for (const value of [null, "routes", 1, {}, { length: 1 }, [1], ["a", null], [["a"]]]) {
    assertRefusedAt("features", value);
  }
});

test("resume: session, secret and the last sequence number seen", () => {
  const right = { session: "s", secret: "t", received: 0 };
  assertTaken({ resume: right });
  assertTaken({ resume: { ...right, received: 2 ** 53 - 1, more: 1 } });
  for (const received of [-1, 0.5, 2 ** 53, "0", null]) {
    assertRefusedAt("resume", { ...right, received });
  }
  for (const key of ["session", "secret", "received"] as const) {
    const { [key]: _, ...rest } = right;
    assertRefusedAt("resume", rest);
  }
  for (const value of NOT_STRINGS) assertRefusedAt("resume", { ...right, session: value });
  for (const value of NOT_STRINGS) assertRefusedAt("resume", { ...right, secret: value });
  for (const value of [null, true, "s", 1, [], ["s", "t", 0]]) assertRefusedAt("resume", value);
});

test("encodeHandshakeAck() writes every field as JSON", () => {
  const ack: HandshakeAck = {
    protocol: 1,
    session: "00000000-0000-4000-8000-000000000000",
    node: "knoten-ü",
    server: "tcp-server/0.1.0",
    heartbeatMs: 30_000,
    timeoutMs: 90_000,
    frameBytesMax: 16_777_216,
    features: [],
  };
  assert.deepEqual(JSON.parse(decodeText(encodeHandshakeAck(ack))!), ack);
});
