// The assertion for our own mistakes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as ourAssert } from "../../../src/base/assert.ts";

test("assert() is silent while its condition holds and names what broke once it does not", () => {
  ourAssert(true, "never shown");
  assert.throws(() => ourAssert(false, "the sky is up"), {
    message: "Assertion failed: the sky is up",
  });
});
