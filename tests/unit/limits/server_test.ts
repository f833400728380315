// The bounds of the server: each one sound by itself, and all of them together.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BOUNDS,
  DEFAULT_LIMITS,
  relationError,
  type ServerLimits,
} from "../../../src/limits/server.ts";
import {
  FRAME_BYTES_CEILING,
  LENGTH_MIN,
  PING_PAYLOAD_BYTES_MAX,
} from "../../../src/limits/wire.ts";

const NAMES = Object.keys(BOUNDS) as (keyof ServerLimits)[];

function limitsOf(which: "default" | "min" | "max"): ServerLimits {
  return Object.fromEntries(NAMES.map((name) => [name, BOUNDS[name][which]])) as ServerLimits;
}

test("every bound has a whole default within its range, and a unit in its name", () => {
  for (const name of NAMES) {
    const { default: byDefault, min, max } = BOUNDS[name];
    for (const value of [byDefault, min, max]) assert.ok(Number.isSafeInteger(value), name);
    assert.ok(0 <= min && min <= byDefault && byDefault <= max, name);
    assert.match(name, /Ms$|Bytes(Max|High)$|Connections$/);
  }
});

test("every duration fits a timer, which fires at once above 2^31 - 1 ms", () => {
  for (const name of NAMES.filter((name) => name.endsWith("Ms"))) {
    assert.ok(BOUNDS[name].max < 2 ** 31, name);
  }
});

test("frame bounds stay under the wire's ceiling and leave room for the longest Ping", () => {
  for (const name of ["frameBytesMax", "handshakeFrameBytesMax"] as const) {
    assert.ok(BOUNDS[name].max <= FRAME_BYTES_CEILING, name);
    assert.ok(BOUNDS[name].min >= LENGTH_MIN + PING_PAYLOAD_BYTES_MAX, name);
  }
});

test("DEFAULT_LIMITS holds every default and cannot be changed", () => {
  assert.deepEqual({ ...DEFAULT_LIMITS }, limitsOf("default"));
  assert.ok(Object.isFrozen(DEFAULT_LIMITS));
});

test("the defaults agree with each other, and so do all least and all highest values", () => {
  for (const which of ["default", "min", "max"] as const) {
    assert.equal(relationError(limitsOf(which)), undefined, which);
  }
});

test("each relation holds at its edge and is named one step past it", () => {
  const cases: [keyof ServerLimits, Partial<ServerLimits>, Partial<ServerLimits>][] = [
    [
      "heartbeatIntervalMs",
      { heartbeatIntervalMs: 2000, sessionTimeoutMs: 3000 },
      { heartbeatIntervalMs: 2001, sessionTimeoutMs: 3000 },
    ],
    [
      "outboundBytesHigh",
      { outboundBytesHigh: 5000, outboundBytesMax: 5000 },
      { outboundBytesHigh: 5001, outboundBytesMax: 5000 },
    ],
    [
      "handshakeFrameBytesMax",
      { handshakeFrameBytesMax: 200, frameBytesMax: 200 },
      { handshakeFrameBytesMax: 201, frameBytesMax: 200 },
    ],
  ];
  for (const [name, atEdge, pastEdge] of cases) {
    assert.equal(relationError({ ...DEFAULT_LIMITS, ...atEdge }), undefined, name);
    assert.equal(relationError({ ...DEFAULT_LIMITS, ...pastEdge })?.name, name);
  }
});
