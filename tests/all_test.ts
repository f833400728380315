// The sum at the end of `make test` can be trusted: closing lines are read right, and silence never counts as success.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countBun, countDeno, judge } from "./all.ts";

const DENO_OK = "x ... ok (1ms)\n\nok | 10 passed (6 steps) | 0 failed | 3 ignored (30ms)\n";
const DENO_FAILED = "FAILED | 3 passed | 4 failed (2 steps) (75ms)\n\nerror: Test failed\n";
const BUN_OK = " 12 pass\n 2 skip\n 1 todo\n 0 fail\nRan 15 tests across 1 file. [67.00ms]\n";
const BUN_FAILED =
  " 0 pass\n 3 fail\n 1 error\n 4 expect() calls\nRan 3 tests across 2 files. [1s]\n";

test("countDeno() reads the closing line of deno test", () => {
  assert.deepEqual(countDeno(DENO_OK), { passed: 10, failed: 0 });
  assert.deepEqual(countDeno(DENO_FAILED), { passed: 3, failed: 4 });
  assert.deepEqual(
    countDeno("\u001b[32mok\u001b[0m | 1 passed | 0 failed (3ms)"),
    { passed: 1, failed: 0 },
  );
  assert.equal(countDeno("error: Type checking failed."), undefined);
});

test("countBun() reads the closing lines of bun test", () => {
  assert.deepEqual(countBun(BUN_OK), { passed: 12, failed: 0 });
  assert.deepEqual(countBun(BUN_FAILED), { passed: 0, failed: 3 });
  assert.equal(countBun(" 12 pass\n 0 fail\n"), undefined);
});

test("counting takes the last closing lines, not what a test prints", () => {
  assert.deepEqual(countDeno(DENO_OK + DENO_FAILED), { passed: 3, failed: 4 });
  assert.deepEqual(countBun(BUN_OK + BUN_FAILED), { passed: 0, failed: 3 });
});

test("judge() fails a step whose exit code and closing line do not both say success", () => {
  const count = countDeno;
  assert.deepEqual(judge({ count }, 0, DENO_OK), { passed: 10, failed: 0 });
  assert.deepEqual(judge({ count }, 1, DENO_OK), { passed: 10, failed: 1 });
  assert.deepEqual(judge({ count }, 1, DENO_FAILED), { passed: 3, failed: 4 });
  assert.deepEqual(judge({ count }, 0, ""), { passed: 0, failed: 1 });
  assert.deepEqual(judge({ count }, 0, "ok | 0 passed | 0 failed (1ms)"), { passed: 0, failed: 1 });
  assert.deepEqual(judge({}, 0, ""), { passed: 1, failed: 0 });
  assert.deepEqual(judge({}, null, ""), { passed: 0, failed: 1 });
});
