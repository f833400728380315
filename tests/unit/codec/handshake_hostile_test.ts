// Handshakes that no honest client sends: they are refused or harmless, and never throw.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeText } from "../../../src/base/text.ts";
import { decodeHandshake } from "../../../src/codec/handshake.ts";
import { assertRefused, assertRefusedAt, taken } from "./handshakes.ts";

test("what is no JSON object is refused", () => {
  for (
    const json of ["null", "1", '"{}"', "[]", "[{}]", "{", "{}{}", "{'a':1}", "nul", " ", "\0"]
  ) {
    assertRefused(json, "JSON object");
  }
  assertRefused("\ufeff{}", "JSON object");
});

test("bytes that are not UTF-8 are refused, and the next Handshake is read afresh", () => {
  const bytes = encodeText('{"client":"~"}');
  for (const bad of [0xff, 0xc3, 0xe2, 0x80]) {
    bytes[bytes.length - 3] = bad;
    const refusal = decodeHandshake(bytes);
    assert.ok("refused" in refusal && refusal.refused === "bad_handshake");
    assert.equal(taken('{"client":"a"}').client, "a");
  }
});

test("__proto__ as a key is a key like any other and changes no object", () => {
  const json = '{"__proto__":{"client":"evil","plain":true},"tags":{"__proto__":"x","a":"b"}}';
  const { plain, client, tags } = taken(json);
  assert.deepEqual([plain, client], [false, ""]);
  assert.deepEqual(Object.entries(tags), [["__proto__", "x"], ["a", "b"]]);
  assert.equal(Object.getPrototypeOf(tags), Object.prototype);
  assert.equal(Object.hasOwn(Object.prototype, "client"), false);
  assertRefused('{"tags":{"__proto__":{"a":"b"}}}', "tags");
});

test("deep nesting, closed or not, at any key, is no more than a wrong type", () => {
  const depth = 200_000;
  const open = "[".repeat(depth);
  const closed = open + "]".repeat(depth);
  taken(`{"unknown":${closed}}`);
  assertRefused(`{"unknown":${open}`, "JSON object");
  for (const key of ["protocol", "client", "user", "token", "heartbeatMs", "resume"]) {
    assertRefused(`{"${key}":${closed}}`, key);
  }
  assertRefused(`{"features":[${closed}]}`, "features");
  assertRefused(`{"tags":{"a":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}}`, "tags");
});

test("a peer's text does not come back in the message of a refusal", () => {
  const long = "x".repeat(8000);
  for (const key of ["client", "user", "protocol", "heartbeatMs"]) assertRefusedAt(key, long);
  assertRefusedAt("tags", { [long]: long });
  assertRefusedAt("resume", { session: long });
  assertRefused('{"protocol":-1.7976931348623157e308}', "protocol", "unsupported_version");
});

test("thousands of tags and features are refused or ignored, not walked into trouble", () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `tag${i}`);
  assertRefusedAt("tags", Object.fromEntries(many.map((name) => [name, ""])));
  taken(JSON.stringify({ features: many }));
});
