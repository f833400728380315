// Session ids are UUIDs of version 4, with every other bit as random as it came.

import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidFrom } from "../../../src/server/uuid.ts";

test("the bytes are written in order, in five groups", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 16 + 15 - i);
  assert.equal(uuidFrom(bytes), "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0");
});

test("version and variant are set, and no other bit is", () => {
  assert.equal(uuidFrom(new Uint8Array(16)), "00000000-0000-4000-8000-000000000000");
  assert.equal(uuidFrom(new Uint8Array(16).fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
});
