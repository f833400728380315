// What counts as one address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKey } from "../../../src/server/address_key.ts";

test("an IPv4 address counts by itself", () => {
  assert.equal(addressKey("192.0.2.1"), "192.0.2.1");
});

test("IPv6 addresses of one /64 count as one, however they are written", () => {
  const same = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:0db8:0001:0002:a:b:c:d"];
  for (const host of same) assert.equal(addressKey(host), "2001:db8:1:2::/64");
});

test("a gap in the first half of an IPv6 address is filled with zeros", () => {
  assert.equal(addressKey("::1"), "0:0:0:0::/64");
  assert.equal(addressKey("2001:db8::1:2:3:4:5"), "2001:db8:0:1::/64");
  assert.equal(addressKey("::"), "0:0:0:0::/64");
});
