// JSON objects out of payloads: the one place where a peer's JSON is parsed.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeText } from "../../../src/base/text.ts";
import { parseObject } from "../../../src/codec/json.ts";

test("parseObject() gives an object and is undefined for every other kind of JSON", () => {
  assert.deepEqual(parseObject(encodeText(' {"a":[1,null]} ')), { a: [1, null] });
  for (const json of ["null", "true", "0", '""', "[]", "[{}]"]) {
    assert.equal(parseObject(encodeText(json)), undefined, json);
  }
});

test("parseObject() takes the last of keys that stand twice", () => {
  assert.deepEqual(parseObject(encodeText('{"a":1,"a":2}')), { a: 2 });
});

test("parseObject() never throws, on any bytes and on any text", () => {
  const jsonish = fc.array(fc.constantFrom(...'{}[]":,\\u0d8e-+.0 tfn'), { maxLength: 30 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    jsonish.map((letters) => encodeText(letters.join(""))),
    fc.json().map(encodeText),
  );
  fc.assert(
    fc.property(bytes, (payload) => {
      const value = parseObject(payload);
      assert.ok(value === undefined || (typeof value === "object" && !Array.isArray(value)));
    }),
    { numRuns: 500 },
  );
});
