// What the platform tells of this process: numbers that make sense, or null where it tells nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { processUsage } from "../../../src/runtime/process_usage.ts";

test("the usage of this process makes sense", () => {
  const usage = processUsage();
  assert.ok(usage.cpuUserSeconds > 0 && usage.cpuUserSeconds < 3600);
  assert.ok(usage.cpuSystemSeconds >= 0);
  assert.ok(usage.residentBytes > 1024 * 1024 && usage.heapBytes > 0);
  const { openDescriptors, maxDescriptors } = usage;
  assert.equal(openDescriptors === null, maxDescriptors === null);
  if (openDescriptors === null || maxDescriptors === null) return;
  assert.ok(openDescriptors >= 3 && openDescriptors <= maxDescriptors);
});
