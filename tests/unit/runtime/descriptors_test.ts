// Counting descriptors by taking them.

import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { descriptorsFree } from "../../../src/runtime/descriptors.ts";

/** The number that the next descriptor gets: the lowest that is free. */
function nextDescriptor(): number {
  const descriptor = openSync(process.execPath, "r");
  closeSync(descriptor);
  return descriptor;
}

test("as many descriptors are counted as are wanted, and all of them are given back", () => {
  const before = nextDescriptor();
  assert.equal(descriptorsFree(100), 100);
  assert.equal(nextDescriptor(), before);
  assert.equal(descriptorsFree(0), 0);
});
