// Suggestions for unknown names: near ones are found, far ones are not offered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { didYouMean, nearest } from "../../../src/config/nearest.ts";

const KNOWN = ["host", "port", "handler", "workers", "max_connections", "session_timeout"];

test("nearest() finds a name with a letter too many, missing, wrong or swapped", () => {
  assert.equal(nearest("pport", KNOWN), "port");
  assert.equal(nearest("por", KNOWN), "port");
  assert.equal(nearest("pork", KNOWN), "port");
  assert.equal(nearest("prot", KNOWN), "port");
  assert.equal(nearest("max_conections", KNOWN), "max_connections");
  assert.equal(nearest("wrkrs", KNOWN), "workers");
});

test("nearest() prefers the nearer of two", () => {
  assert.equal(nearest("hostt", ["hoists", "host"]), "host");
});

test("nearest() offers nothing that is too far away", () => {
  assert.equal(nearest("foo", KNOWN), undefined);
  assert.equal(nearest("ab", ["xy"]), undefined);
  assert.equal(nearest("pxrx", KNOWN), undefined);
  assert.equal(nearest("session_xxxxout", KNOWN), undefined);
  assert.equal(nearest("port", []), undefined);
});

test("didYouMean() ends a sentence, or says nothing", () => {
  assert.equal(didYouMean("port"), ', did you mean "port"?');
  assert.equal(didYouMean(undefined), "");
});
