// Addresses and networks: what is read, what lies in what, and how a network is written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { contains, formatNetwork, parseNetwork } from "../../../src/base/cidr.ts";

test("a network is written in one way, whatever way it was read", () => {
  for (
    const [text, written] of [
      ["10.1.2.3/8", "10.0.0.0/8"],
      ["10.1.2.3", "10.1.2.3"],
      ["10.1.2.3/32", "10.1.2.3"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["255.255.255.255/1", "128.0.0.0/1"],
      ["::/0", "::/0"],
      ["::1", "::1"],
      ["FE80::1/10", "fe80::/10"],
      ["2001:db8:0:0:0:0:0:1", "2001:db8::1"],
      ["2001:db8:0:1:0:0:0:1/64", "2001:db8:0:1::/64"],
      ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
      ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
      ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
      ["::ffff:10.1.2.3", "10.1.2.3"],
    ]
  ) {
    assert.equal(formatNetwork(parseNetwork(text!)!), written, text);
  }
});

test("what is no address and no network is not read", () => {
  for (
    const text of [
      ...["", "/", "/8", "10", "10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.-1"],
      ...["10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/8/8", "10.0.0.0/ 8", "1e1.0.0.0"],
      ...[
        ":",
        ":::",
        "1::2::3",
        "1:2:3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::g",
        "::/129",
      ],
      ...["::12345", "fe80::1%eth0", "::1.2.3.4", "name.example"],
    ]
  ) {
    assert.equal(parseNetwork(text), undefined, text);
  }
});

test("an address lies in a network when the bits that count are the same", () => {
  for (
    const [network, host, lies] of [
      ["10.0.0.0/8", "10.255.255.255", true],
      ["10.0.0.0/8", "11.0.0.0", false],
      ["10.0.0.128/25", "10.0.0.127", false],
      ["0.0.0.0/0", "1.2.3.4", true],
      ["0.0.0.0/0", "::1", false],
      ["::/0", "1.2.3.4", false],
      ["10.0.0.0/8", "::ffff:10.0.0.1", true],
      ["2001:db8::/32", "2001:db8:ffff::1", true],
      ["2001:db8::/32", "2001:db9::1", false],
      ["::1", "::1", true],
      ["::1", "::2", false],
      ["10.0.0.0/8", "name.example", false],
    ] as const
  ) {
    assert.equal(contains(parseNetwork(network)!, host), lies, `${host} in ${network}`);
  }
});
