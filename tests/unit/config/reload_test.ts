// Reading the configuration again: what changes at once, what waits for a restart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY_NAMES } from "../../../src/config/keys.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { changesOf, isLive } from "../../../src/config/reload.ts";
import { fakeHost } from "../fake_host.ts";

function valuesOf(toml: string) {
  const { host } = fakeHost({ files: { "a.toml": toml } });
  const loaded = loadConfig(host, { file: "a.toml", flags: [] });
  assert.ok("values" in loaded, JSON.stringify(loaded));
  return loaded.values;
}

test("limits, policies and the log level change at once; ports, handlers and what was built at start do not", () => {
  const live = KEY_NAMES.filter(isLive);
  for (const name of ["max_connections", "session_timeout", "log.level", "resume.window"]) {
    assert.ok((live as string[]).includes(name), name);
  }
  for (
    const name of [
      "host",
      "port",
      "handler",
      "workers",
      "admin.port",
      "limits.accept_rate",
      "log.format",
    ]
  ) {
    assert.ok(!(live as string[]).includes(name), name);
  }
});

test("only keys whose values differ are named, also those that gave way to others", () => {
  const current = valuesOf('port = 9001\nlog.level = "info"');
  const next = valuesOf('port = 9002\nlog.level = "info"\nsession_timeout = "3s"');
  const { live, needsRestart } = changesOf(current, next);
  assert.deepEqual(needsRestart, ["port"]);
  assert.deepEqual([...live].sort(), [
    "heartbeat.interval_max",
    "heartbeat.interval_min",
    "heartbeat_interval",
    "session_timeout",
  ]);
  assert.deepEqual(changesOf(next, next), { live: [], needsRestart: [] });
});
