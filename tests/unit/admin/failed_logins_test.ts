// Failed logins: counted by address, for a minute, in a table that does not grow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FailedLogins } from "../../../src/admin/failed_logins.ts";
import { LOGIN_ADDRESSES_MAX, LOGIN_FAILURES_MAX } from "../../../src/limits/admin.ts";

/** With a clock that is set by hand. */
function failedLogins() {
  const clock = { time: 0, now: () => clock.time };
  const failed = new FailedLogins(clock);
  const fail = (host: string, times: number) => {
    let wait = 0;
    for (let i = 0; i < times; i++) wait = failed.add(host);
    return wait;
  };
  return { clock, failed, fail };
}

test("who failed too often waits until a minute after the first time is over", () => {
  const { clock, fail } = failedLogins();
  assert.equal(fail("10.0.0.1", LOGIN_FAILURES_MAX), 0);
  assert.equal(fail("10.0.0.1", 1), 60);
  assert.equal(fail("10.0.0.2", 1), 0);
  clock.time = 59_500;
  assert.equal(fail("10.0.0.1", 1), 1);
  clock.time = 60_000;
  assert.equal(fail("10.0.0.1", 1), 0);
});

test("a network that one customer has counts as one address", () => {
  const { fail } = failedLogins();
  fail("2001:db8::1", LOGIN_FAILURES_MAX);
  assert.equal(fail("2001:db8::2", 1), 60);
  assert.equal(fail("2001:db8:0:1::2", 1), 0);
});

test("the table is bounded: who began longest ago is forgotten first", () => {
  const { failed, fail } = failedLogins();
  fail("10.0.0.1", LOGIN_FAILURES_MAX);
  for (let i = 0; i < LOGIN_ADDRESSES_MAX; i++) fail(`10.1.${i >> 8}.${i & 255}`, 1);
  assert.equal(failed.size, LOGIN_ADDRESSES_MAX);
  assert.equal(fail("10.0.0.1", 1), 0);
});
