// The effective configuration as text: every built key with its origin, and readable again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY_NAMES, keyOf } from "../../../src/config/keys.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { formatValues } from "../../../src/config/print.ts";
import { fakeHost } from "../fake_host.ts";

function load(toml: string, env: Record<string, string> = {}) {
  const { host } = fakeHost({ env, files: { "a.toml": toml } });
  const flag = { flag: "--no-admin", name: "admin.enabled", text: "false" } as const;
  const loaded = loadConfig(host, { file: "a.toml", flags: [flag] });
  assert.ok("config" in loaded, JSON.stringify(loaded));
  return loaded;
}

test("each line says where its value came from", () => {
  const { values } = load('\nsession_timeout = "3s"\n', { TCP_SERVER_HANDLER: "chat" });
  const lines = formatValues(values).split("\n").map((line) => line.replace(/ +/g, " "));
  for (
    const line of [
      "port = 9000 # default",
      'session_timeout = "3s" # a.toml:2',
      'heartbeat_interval = "1s" # default, lowered to fit session_timeout',
      'handler = "chat" # TCP_SERVER_HANDLER',
      "enabled = false # --no-admin",
      "# format: pretty on a terminal, json otherwise # default",
    ]
  ) {
    assert.ok(lines.includes(line), line);
  }
});

test("built keys stand there once each, and no others", () => {
  const { values } = load("");
  const text = formatValues(values);
  assert.deepEqual([...values.keys()], KEY_NAMES.filter((name) => keyOf(name).built));
  assert.equal(text.match(/^(?:# )?[a-z_]+( =|:) /gm)!.length, values.size);
  assert.equal(text.match(/^\[limits\]$/gm)!.length, 1);
});

test("reading it again gives the same configuration", () => {
  for (
    const toml of [
      "",
      'host = "::1"\nnode = "a \\"b\\" \\\\ c é"\nport = 0\nhandshake.required = false\nworkers = 3\n',
      'workers = "auto"',
      'session_timeout = "1234ms"\noutbound.bytes_max = 4097\n[log]\nlevel = "fatal"\nformat = "json"',
    ]
  ) {
    const first = load(toml);
    const second = load(formatValues(first.values));
    assert.deepEqual(second.config, first.config);
  }
});
