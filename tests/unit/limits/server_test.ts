// The bounds of the server: each one sound by itself, and all of them together.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BOUNDS,
  DEFAULT_LIMITS,
  holds,
  RELATIONS,
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
    assert.match(
      name,
      /(Ms|Bytes(Max|High)|Connections|Percent|PerAddress|PerUser|InFlight|PerSecond|Rate|(Frames|Sessions)Max)$/,
    );
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
    const limits = limitsOf(which);
    for (const relation of RELATIONS) assert.ok(holds(relation, limits), which);
  }
});

test("each relation holds at its edge and not one step past it", () => {
  for (const relation of RELATIONS) {
    const { less, more, factor } = relation;
    const at = (value: number) => ({ ...DEFAULT_LIMITS, [less]: value, [more]: 3000 * factor });
    assert.ok(holds(relation, at(3000)), less);
    assert.ok(!holds(relation, at(3001)), less);
  }
});
