// Session ids are UUIDs, with every bit as random as it came but for what the version says, and the node where there is one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeOf, sessionId } from "../../../src/server/session_id.ts";

test("the bytes are written in order, in five groups", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 16 + 15 - i);
  assert.equal(sessionId(bytes), "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0");
});

test("version and variant are set, and no other bit is", () => {
  assert.equal(sessionId(new Uint8Array(16)), "00000000-0000-4000-8000-000000000000");
  assert.equal(sessionId(new Uint8Array(16).fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
});

test("with a node the version is 8, and the last four digits are its number", () => {
  const id = sessionId(new Uint8Array(16).fill(255), 0x1a2b);
  assert.equal(id, "ffffffff-ffff-8fff-bfff-ffffffff1a2b");
  assert.equal(nodeOf(id), 0x1a2b);
  assert.equal(nodeOf(sessionId(new Uint8Array(16), 1)), 1);
});

test("an id without a node, or a text that is none, names no node", () => {
  for (const id of [sessionId(new Uint8Array(16).fill(255)), "", "8", "ffff", "x".repeat(36)]) {
    assert.equal(nodeOf(id), undefined, id);
  }
});
