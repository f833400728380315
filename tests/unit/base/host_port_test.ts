// hostPort(): an IPv6 address stands in brackets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPort } from "../../../src/base/host_port.ts";

test("hostPort() puts an IPv6 address in brackets, and nothing else", () => {
  assert.equal(hostPort({ host: "10.0.0.1", port: 9000 }), "10.0.0.1:9000");
  assert.equal(hostPort({ host: "::1", port: 9000 }), "[::1]:9000");
  assert.equal(hostPort({ host: "localhost", port: 0 }), "localhost:0");
});
