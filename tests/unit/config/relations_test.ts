// Limits that must fit together: defaults give way, set values are errors, and nothing slips through.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KEY_NAMES, keyOf } from "../../../src/config/keys.ts";
import { type Flag, loadConfig } from "../../../src/config/load.ts";
import { BOUNDS, holds, RELATIONS, type ServerLimits } from "../../../src/limits/server.ts";
import { fakeHost } from "../fake_host.ts";

function load(toml: string, env: Record<string, string> = {}) {
  return loadConfig(fakeHost({ env, files: { "a.toml": toml } }).host, {
    file: "a.toml",
    flags: [],
  });
}

function limitsOf(toml: string): ServerLimits {
  const loaded = load(toml);
  assert.ok("config" in loaded, JSON.stringify(loaded));
  return loaded.config.limits;
}

test("a short session_timeout lowers the default heartbeat_interval to a third of it", () => {
  const limits = limitsOf('session_timeout = "3s"');
  assert.deepEqual([limits.sessionTimeoutMs, limits.heartbeatIntervalMs], [3000, 1000]);
});

test("a default stays as long as it is possible at all", () => {
  assert.equal(limitsOf('session_timeout = "45s"').heartbeatIntervalMs, 30_000);
  assert.equal(limitsOf('session_timeout = "44s"').heartbeatIntervalMs, 14_666);
});

test("a long heartbeat_interval raises the default session_timeout to three of it", () => {
  const limits = limitsOf('heartbeat_interval = "10m"');
  assert.deepEqual([limits.heartbeatIntervalMs, limits.sessionTimeoutMs], [600_000, 1_800_000]);
  assert.equal(limits.heartbeatIntervalMaxMs, 600_000);
});

test("defaults give way in a chain, whichever end of it was set", () => {
  const intervals = (toml: string) => {
    const { heartbeatIntervalMinMs, heartbeatIntervalMs, heartbeatIntervalMaxMs } = limitsOf(toml);
    return [heartbeatIntervalMinMs, heartbeatIntervalMs, heartbeatIntervalMaxMs];
  };
  assert.deepEqual(intervals('session_timeout = "3s"'), [1000, 1000, 2000]);
  assert.deepEqual(intervals('heartbeat.interval_min = "10m"'), [600_000, 600_000, 600_000]);
  assert.deepEqual(intervals('heartbeat.interval_max = "1s"'), [1000, 1000, 1000]);
});

test("the default bounds of queues and frames give way in both directions", () => {
  assert.equal(limitsOf('outbound.bytes_max = "4KiB"').outboundBytesHigh, 4096);
  assert.equal(limitsOf('outbound.bytes_high = "2MiB"').outboundBytesMax, 2 * 1024 * 1024);
  assert.equal(limitsOf("limits.frame_bytes_max = 1000").handshakeFrameBytesMax, 1000);
});

test("a default that gave way says so", () => {
  const loaded = load('session_timeout = "3s"\noutbound.bytes_high = "2MiB"');
  assert.ok("values" in loaded);
  assert.deepEqual(loaded.values.get("heartbeat_interval"), {
    value: 1000,
    from: "default, lowered to fit session_timeout",
    isSet: false,
  });
  assert.equal(
    loaded.values.get("outbound.bytes_max")!.from,
    "default, raised to fit outbound.bytes_high",
  );
});

test("values that somebody set and that do not fit are errors, all of them, with both places", () => {
  const loaded = load(
    'heartbeat_interval = "61s"\nheartbeat.interval_max = "61s"\nsession_timeout = "1m 31s"\noutbound.bytes_high = "2KiB"\n' +
      "handshake.frame_bytes_max = 2000\nlimits.frame_bytes_max = 1000",
    { TCP_SERVER_OUTBOUND_BYTES_MAX: "1024" },
  );
  assert.ok("errors" in loaded);
  assert.deepEqual(loaded.errors, [
    'a.toml:1: heartbeat_interval: "1m 1s", must be at most two thirds of session_timeout, so that ' +
    'a Ping can be answered in time (session_timeout is "1m 31s" at a.toml:3)',
    'a.toml:2: heartbeat.interval_max: "1m 1s", must be at most two thirds of session_timeout, so ' +
    'that a Ping can be answered in time (session_timeout is "1m 31s" at a.toml:3)',
    'a.toml:4: outbound.bytes_high: "2KiB", must be at most outbound.bytes_max ' +
    '(outbound.bytes_max is "1KiB" at TCP_SERVER_OUTBOUND_BYTES_MAX)',
    "a.toml:5: handshake.frame_bytes_max: 2000, must be at most limits.frame_bytes_max " +
    "(limits.frame_bytes_max is 1000 at a.toml:6)",
  ]);
});

test("whatever limits are set within their ranges: the result fits together or is an error", () => {
  const names = KEY_NAMES.filter((name) => keyOf(name).limit !== undefined);
  const settings = names.map((name) => {
    const { min, max } = BOUNDS[keyOf(name).limit!];
    const value = fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
    return fc.option(value.map((value): Flag => {
      const text = keyOf(name).kind.toToml(value).replaceAll('"', "");
      return { flag: name, name, text };
    }));
  });
  fc.assert(fc.property(fc.tuple(...settings), (flags) => {
    const set = flags.filter((flag) => flag !== null);
    const loaded = loadConfig(fakeHost().host, { file: undefined, flags: set });
    if ("errors" in loaded) {
      assert.ok(
        loaded.errors.every((line) => line.includes(" must be at most ")),
        loaded.errors[0],
      );
      return;
    }
    const { limits } = loaded.config;
    for (const relation of RELATIONS) assert.ok(holds(relation, limits), relation.less);
    for (const [name, { min, max }] of Object.entries(BOUNDS)) {
      const value = limits[name as keyof ServerLimits];
      assert.ok(min <= value && value <= max, name);
    }
  }));
});
