// The JSON of Error and Disconnect: what we write for every code, and what we take from a hostile peer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_BYTES } from "../../../src/base/bytes.ts";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { CODES } from "../../../src/codec/codes.ts";
import { decodeEnd, encodeEnd } from "../../../src/codec/end_payload.ts";
import { END_PAYLOAD_BYTES_MAX } from "../../../src/limits/wire.ts";

function decode(json: string) {
  return decodeEnd(encodeText(json));
}

test("encodeEnd() gives code, name, message and what the code says about coming back", () => {
  for (const { code, name, reconnect } of CODES) {
    const end = JSON.parse(decodeText(encodeEnd(name, "why"))!);
    assert.deepEqual(end, { code, name, message: "why", ...(reconnect && { reconnect }) });
  }
});

test("encodeEnd() adds retryAfterMs, 0 included, only where the peer is invited back", () => {
  for (const { name, reconnect } of CODES) {
    for (const retryAfterMs of [0, 1500]) {
      const end = JSON.parse(decodeText(encodeEnd(name, "", { retryAfterMs }))!);
      assert.equal(end.retryAfterMs, reconnect === "yes" ? retryAfterMs : undefined, name);
    }
  }
});

test("decodeEnd() reads back what encodeEnd() wrote, for every code", () => {
  for (const { code, name, reconnect } of CODES) {
    for (const message of ["", 'quotes " and \\, lines\r\n, \u001b, 世界 😀']) {
      for (const retryAfterMs of [undefined, 0, 1500]) {
        assert.deepEqual(decodeEnd(encodeEnd(name, message, { retryAfterMs })), {
          code,
          name,
          message,
          ...(reconnect && { reconnect }),
          ...(reconnect === "yes" && retryAfterMs !== undefined && { retryAfterMs }),
        });
      }
    }
  }
});

test("decodeEnd() reads an empty payload as normal", () => {
  assert.deepEqual(decodeEnd(NO_BYTES), { code: 1000, name: "normal", message: "" });
});

test("decodeEnd() is undefined without an integer code in a JSON object", () => {
  const unreadable = [
    "{}",
    "[]",
    "null",
    "1000",
    '"normal"',
    "[1000]",
    '{"code":"1000"}',
    '{"code":null}',
    '{"code":1000.5}',
    '{"code":1e999}',
    '{"code":[1000]}',
    '{"Code":1000}',
    '{"__proto__":{"code":1000}}',
    '{"code":1000',
    '{"code":1000}}',
    "{'code':1000}",
    '\ufeff{"code":1000}',
    " ",
    "\0",
  ];
  for (const json of unreadable) assert.equal(decode(json), undefined, json);
});

test("decodeEnd() is undefined for bytes that are not UTF-8", () => {
  const bytes = encodeText('{"code":1000,"message":"~"}');
  bytes[bytes.indexOf("~".charCodeAt(0))] = 0xff;
  assert.equal(decodeEnd(bytes), undefined);
});

test("decodeEnd() takes the name from our list, never from the peer", () => {
  assert.equal(decode('{"code":1001,"name":"normal"}')?.name, "draining");
  assert.equal(decode('{"code":3123,"name":"mine"}')?.name, "application");
  assert.equal(decode('{"code":-7}')?.name, "application");
});

test("decodeEnd() drops a message that is no string and ignores unknown keys", () => {
  for (const message of ["null", "1", "{}", '["a"]']) {
    const end = decode(`{"code":2000,"message":${message},"more":{"deep":[1]}}`);
    assert.deepEqual(end, { code: 2000, name: "no_route", message: "" });
  }
});

test("decodeEnd() takes reconnect for codes that end the session, as one of its three words", () => {
  for (const word of ["yes", "token", "no"]) {
    assert.equal(decode(`{"code":1002,"reconnect":"${word}"}`)?.reconnect, word);
    assert.equal(decode(`{"code":1999,"reconnect":"${word}"}`)?.reconnect, word);
    for (const code of [2000, 3123]) {
      const end = decode(`{"code":${code},"reconnect":"${word}","retryAfterMs":5}`)!;
      assert.deepEqual(Object.keys(end), ["code", "name", "message"], `${code} ${word}`);
    }
  }
  for (const other of ['"maybe"', '"Yes"', '""', "true", "null", '["yes"]', "{}"]) {
    const end = decode(`{"code":1001,"reconnect":${other},"retryAfterMs":5}`)!;
    assert.deepEqual(Object.keys(end), ["code", "name", "message"], other);
  }
});

test("decodeEnd() takes retryAfterMs only with yes", () => {
  const retryAfterMs = (reconnect: string) =>
    decode(`{"code":1001,"reconnect":"${reconnect}","retryAfterMs":5}`)?.retryAfterMs;
  assert.equal(retryAfterMs("yes"), 5);
  assert.equal(retryAfterMs("no"), undefined);
  assert.equal(retryAfterMs("token"), undefined);
});

test("decodeEnd() takes retryAfterMs only as a whole number of milliseconds", () => {
  const retryAfterMs = (value: string) =>
    decode(`{"code":1001,"reconnect":"yes","retryAfterMs":${value}}`)?.retryAfterMs;
  for (const value of ["0", "1", "86400000"]) assert.equal(retryAfterMs(value), Number(value));
  // An infinite wait would wake a timer at once.
  for (const value of ["-1", "0.5", "1e999", "1e300", '"5"', "null", "[5]", "true"]) {
    assert.equal(retryAfterMs(value), undefined, value);
  }
});

test("decodeEnd() reads a payload at its bound and nothing longer, even if it is good JSON", () => {
  const json = (bytes: number) => `{"code":1000}`.padEnd(bytes, " ");
  assert.equal(decode(json(END_PAYLOAD_BYTES_MAX))?.code, 1000);
  assert.equal(decode(json(END_PAYLOAD_BYTES_MAX + 1)), undefined);
});

test("decodeEnd() does not even parse a payload that is too long", (t) => {
  const parse = t.mock.method(JSON, "parse");
  assert.equal(decode(`{"code":1000}`.padEnd(END_PAYLOAD_BYTES_MAX + 1, " ")), undefined);
  assert.equal(parse.mock.callCount(), 0);
  decode('{"code":1000}');
  assert.equal(parse.mock.callCount(), 1);
});

test("decodeEnd() takes deep nesting without a throw", () => {
  const deep = (depth: number) => `{"code":1000,"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assert.equal(decode(deep(4000))?.code, 1000);
  assert.equal(decode(`{"code":1000,"x":${"[".repeat(8000)}`), undefined);
});
