// The reload of a running server: applied as a whole, or not at all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { reloader } from "../../../../src/cli/serve/reload.ts";
import { loadConfig } from "../../../../src/config/load.ts";
import type { LogFields } from "../../../../src/observe/log.ts";
import { fakeHost } from "../../fake_host.ts";
import { Stage } from "../../server/stage.ts";

function reloading(first: string) {
  const stage = new Stage();
  const file = { toml: first };
  const load = () =>
    loadConfig(fakeHost({ files: { "a.toml": file.toml } }).host, { file: "a.toml", flags: [] });
  const loaded = load();
  assert.ok("values" in loaded);
  const lines: LogFields[] = [];
  const levels: string[] = [];
  const reload = reloader({
    load,
    values: loaded.values,
    apply: (limits, policies) => stage.server.reconfigure(limits, policies),
    log: (_level, _event, fields) => void lines.push(fields),
    setLogLevel: (level) => void levels.push(level),
  });
  return { stage, file, reload, lines, levels };
}

test("what can change is in force at once, for sessions that live and those that come", () => {
  const { stage, file, reload, lines, levels } = reloading("");
  const before = stage.open();
  file.toml = 'port = 1\nmax_connections = 1\nlimits.request_timeout = "1s"\nlog.level = "debug"';
  assert.deepEqual(reload(), {
    applied: ["max_connections", "limits.request_timeout", "log.level"],
    needsRestart: ["port"],
  });
  assert.equal(stage.connect().session.ending?.name, "server_full");
  assert.ok(before.session.isOpen);
  assert.deepEqual([stage.server.limits.requestTimeoutMs, levels.at(-1)], [1000, "debug"]);
  assert.deepEqual(lines.at(-1), {
    result: "applied",
    applied: "max_connections, limits.request_timeout, log.level",
    needsRestart: "port",
  });
  // What waits for a restart is named again, what was applied is not.
  assert.deepEqual(reload(), { applied: [], needsRestart: ["port"] });
});

test("a file with an error changes nothing, and every error is named", () => {
  const { stage, file, reload, lines, levels } = reloading("max_connections = 7");
  const { limits } = stage.server;
  file.toml = "max_connections = 8\nport = 99999\nnonsense = 1";
  const reloaded = reload();
  assert.ok("errors" in reloaded && reloaded.errors.length === 2);
  assert.equal(stage.server.limits, limits);
  assert.deepEqual(levels, []);
  assert.equal(lines.at(-1)!["result"], "refused");
});
