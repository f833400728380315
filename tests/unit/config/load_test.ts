// The configuration as a whole: what beats what, and every kind of error with its exact text.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Flag, loadConfig } from "../../../src/config/load.ts";
import { DEFAULT_POLICIES } from "../../../src/limits/policies.ts";
import { DEFAULT_LIMITS } from "../../../src/limits/server.ts";
import { fakeHost } from "../fake_host.ts";

interface Given {
  toml?: string;
  env?: Record<string, string>;
  flags?: Flag[];
}

function load({ toml, env = {}, flags = [] }: Given) {
  const { host } = fakeHost({ env, files: toml === undefined ? {} : { "a.toml": toml } });
  return loadConfig(host, { file: toml === undefined ? undefined : "a.toml", flags });
}

function configOf(given: Given) {
  const loaded = load(given);
  assert.ok("config" in loaded, JSON.stringify(loaded));
  return loaded.config;
}

function errorsOf(given: Given): readonly string[] {
  const loaded = load(given);
  assert.ok("errors" in loaded, "errors were expected");
  return loaded.errors;
}

test("nothing set gives the defaults", () => {
  assert.deepEqual(configOf({}), {
    host: "0.0.0.0",
    port: 9000,
    handler: "echo",
    workers: 1,
    node: "",
    policies: DEFAULT_POLICIES,
    limits: DEFAULT_LIMITS,
    admin: { enabled: true, host: "127.0.0.1", port: 9101, tokenFile: "admin.token" },
    metrics: { enabled: false, host: "0.0.0.0", port: 9100 },
    sys: {
      echo: true,
      info: true,
      join: false,
      joinPattern: "",
      leave: true,
      publish: false,
      tell: false,
    },
    backend: { url: "", timeoutMs: 1000, concurrency: 256, events: [] },
    resume: { store: "memory", path: "tcp-server.db" },
    module: { path: "" },
    log: { level: "info", format: undefined },
  });
});

test("every kind of value is taken from a file", () => {
  const config = configOf({
    toml: 'port = 1\nhandler = "chat"\nnode = "n"\nsession_timeout = "2h"\n[handshake]\n' +
      'required = false\nframe_bytes_max = "1KiB"\n[limits]\nframe_bytes_max = 2048\n' +
      '[admin]\nenabled = false\n[log]\nlevel = "trace"\nformat = "json"\n',
  });
  assert.deepEqual(
    [config.port, config.handler, config.node, config.policies.handshakeRequired],
    [1, "chat", "n", false],
  );
  assert.deepEqual(config.log, { level: "trace", format: "json" });
  assert.deepEqual(config.limits, {
    ...DEFAULT_LIMITS,
    sessionTimeoutMs: 7_200_000,
    handshakeFrameBytesMax: 1024,
    frameBytesMax: 2048,
  });
});

test("every kind of value is taken from the environment", () => {
  const config = configOf({
    env: {
      TCP_SERVER_PORT: "0",
      TCP_SERVER_HANDSHAKE_REQUIRED: "false",
      TCP_SERVER_HANDSHAKE_TIMEOUT: "1s 500ms",
      TCP_SERVER_OUTBOUND_BYTES_MAX: "2MiB",
      TCP_SERVER_OUTBOUND_BYTES_HIGH: "4096",
      TCP_SERVER_LOG_FORMAT: "pretty",
      TCP_SERVER_HOST: "::1",
    },
  });
  assert.deepEqual([config.port, config.host, config.policies.handshakeRequired], [
    0,
    "::1",
    false,
  ]);
  assert.equal(config.log.format, "pretty");
  assert.equal(config.limits.handshakeTimeoutMs, 1500);
  assert.equal(config.limits.outboundBytesMax, 2 * 1024 * 1024);
  assert.equal(config.limits.outboundBytesHigh, 4096);
});

test("flags beat environment beats file beats default, and a later flag an earlier one", () => {
  const toml = "port = 1\n";
  const env = { TCP_SERVER_PORT: "2" };
  const flags: Flag[] = [{ flag: "--port", name: "port", text: "3" }];
  assert.equal(configOf({ toml }).port, 1);
  assert.equal(configOf({ toml, env }).port, 2);
  assert.equal(configOf({ toml, env, flags }).port, 3);
  const again: Flag = { flag: "--port", name: "port", text: "4" };
  assert.equal(configOf({ flags: [...flags, again] }).port, 4);
});

test("an empty variable counts as unset", () => {
  const env = { TCP_SERVER_PORT: "", TCP_SERVER_TLS_CERT: "" };
  assert.equal(configOf({ toml: "port = 1", env }).port, 1);
});

test("all errors are found at once: those of the file by line, then environment, then flags", () => {
  assert.deepEqual(
    errorsOf({
      toml: '[log]\nlevel = "inof"\nnmae = 1\n[handshake]\ntimeout = 30\n\n[nope]\nx = 1\n',
      env: { TCP_SERVER_PORT: "70000", TCP_SERVER_TLS_KEY: "a" },
      flags: [{ flag: "--max-connections", name: "max_connections", text: "none" }],
    }),
    [
      'a.toml:2: log.level: "inof", allowed: "trace", "debug", "info", "warning", "error" or "fatal"',
      "a.toml:3: log.nmae: Unknown key",
      'a.toml:5: handshake.timeout: 30, a number needs a unit, allowed: a duration from "100ms" to "10m"',
      "a.toml:7: nope: Unknown table",
      "TCP_SERVER_PORT: port: 70000, allowed: an integer from 0 to 65535",
      "TCP_SERVER_TLS_KEY: tls.key: Not built yet, leave it out",
      '--max-connections: max_connections: "none", allowed: an integer from 1 to 1000000',
    ],
  );
});

test("a wrong value is an error also where a right one beats it", () => {
  assert.deepEqual(errorsOf({ toml: "port = -1", env: { TCP_SERVER_PORT: "1" } }), [
    "a.toml:1: port: -1, allowed: an integer from 0 to 65535",
  ]);
});

test("each wrong type is named with what is allowed", () => {
  const integer = "allowed: an integer from 0 to 65535";
  const duration = 'allowed: a duration from "300ms" to "24h"';
  const size = 'allowed: a size from "1KiB" to "256MiB", or its number of bytes';
  const cases: [string, string][] = [
    ['port = "9000"', `port: "9000", ${integer}`],
    ["port = 1.5", `port: 1.5, ${integer}`],
    ["port = 9007199254740993", `port: 9007199254740993, ${integer}`],
    ["port = true", `port: true, ${integer}`],
    ["port = []", `port: an array, ${integer}`],
    ["port = 1979-05-27", `port: a date or time, ${integer}`],
    ["[port]\nx = 1", `port: a table, ${integer}`],
    ["host = 1", "host: 1, allowed: an address or a host name"],
    ['host = ""', 'host: "", allowed: an address or a host name'],
    ['host = "a b"', 'host: "a b", allowed: an address or a host name'],
    ["session_timeout = 90", `session_timeout: 90, a number needs a unit, ${duration}`],
    ["session_timeout = true", `session_timeout: true, ${duration}`],
    ['session_timeout = "90"', `session_timeout: "90", ${duration}`],
    ['session_timeout = "25h"', `session_timeout: "25h", ${duration}`],
    ['outbound.bytes_max = "1MB"', `outbound.bytes_max: "1MB", ${size}`],
    ["outbound.bytes_max = 1023", `outbound.bytes_max: 1023, ${size}`],
    ["handshake.required = 1", "handshake.required: 1, allowed: true or false"],
    ['handler = "ecco"', 'handler: "ecco", allowed: "echo", "chat", "backend" or "none"'],
    [
      'node = "a\\tb"',
      'node: "a\\tb", allowed: at most 253 characters, none of them a control character',
    ],
    ["handshake = 5", "handshake: 5, allowed: a table"],
    ["[[log]]", "log: an array, allowed: a table"],
  ];
  for (const [toml, error] of cases) assert.deepEqual(errorsOf({ toml }), [`a.toml:1: ${error}`]);
});

test("a duration without a unit says so in the environment too", () => {
  assert.deepEqual(errorsOf({ env: { TCP_SERVER_DRAIN_GRACE: "10" } }), [
    'TCP_SERVER_DRAIN_GRACE: drain.grace: 10, a number needs a unit, allowed: a duration from "0s" to "1h"',
  ]);
});

test("what is not built yet is refused by name wherever it is set", () => {
  assert.deepEqual(
    errorsOf({
      toml: "\n[tls]\ncert = 1",
      env: { TCP_SERVER_CLUSTER_NATS: "nats://user:secret@example" },
      flags: [{ flag: "--auth", name: "auth.mode", text: "token" }],
    }),
    [
      "a.toml:3: tls.cert: Not built yet, leave it out",
      "TCP_SERVER_CLUSTER_NATS: cluster.nats: Not built yet, leave it out",
      "--auth: auth.mode: Not built yet, leave it out",
    ],
  );
});

test("workers are a number of threads, or as many as the machine has cores", () => {
  for (const [text, workers] of [["1", 1], ["256", 256], ["auto", "auto"]] as const) {
    const toml = `workers = ${text === "auto" ? '"auto"' : text}`;
    const flags: Flag[] = [{ flag: "--workers", name: "workers", text }];
    const env = { TCP_SERVER_WORKERS: text };
    for (const given of [{ toml }, { env }, { flags }]) {
      assert.equal(configOf(given).workers, workers, JSON.stringify(given));
    }
  }
  for (const wrong of ["0", "257", "1.5", '"4"', '"AUTO"', "true", "[2]"]) {
    const [error, ...others] = errorsOf({ toml: `workers = ${wrong}` });
    assert.match(error!, /^a\.toml:1: workers: .+, allowed: an integer from 1 to 256, or "auto"$/);
    assert.deepEqual(others, [], wrong);
  }
  assert.deepEqual(errorsOf({ env: { TCP_SERVER_WORKERS: "four" } }), [
    'TCP_SERVER_WORKERS: workers: "four", allowed: an integer from 1 to 256, or "auto"',
  ]);
});

test("a key that is of no use without another one is an error where that one is missing", () => {
  const toml = 'handler = "backend"\n[backend]\nevents = ["connect"]\n';
  assert.deepEqual(errorsOf({ toml }), [
    'a.toml:1: handler: "backend", needs a backend.url',
    'a.toml:3: backend.events: ["connect"], needs a backend.url',
  ]);
  assert.deepEqual(configOf({ toml: `${toml}url = "http://127.0.0.1:8080/tcp"` }).backend, {
    url: "http://127.0.0.1:8080/tcp",
    timeoutMs: 1000,
    concurrency: 256,
    events: ["connect"],
  });
});

test("a pattern compiles, a URL is one of HTTP without a password, an event is one there is", () => {
  const wrong = [
    ['sys.join_pattern = "("', 'sys.join_pattern: "(", allowed: a regular expression'],
    ['backend.url = "localhost:80"', "backend.url"],
    ['backend.url = "ftp://a/"', "backend.url"],
    ['backend.url = "http://user:pass@a/"', "backend.url"],
    ['backend.events = ["connected"]', "backend.events"],
  ] as const;
  for (const [toml, error] of wrong) {
    const [first] = errorsOf({ toml });
    assert.ok(first!.startsWith(`a.toml:1: ${error}`), first);
  }
});

test("the path of a module starts at the folder of the configuration file, and none stays none", () => {
  assert.equal(configOf({ toml: "" }).module.path, "");
  assert.match(configOf({ toml: 'module.path = "mine.ts"' }).module.path, /mine\.ts$/);
});

test("a relative path starts at the folder of the configuration file", () => {
  const config = 'admin.token_file = "secrets/a.token"';
  for (
    const [file, token] of [
      ["a.toml", "secrets/a.token"],
      ["/etc/tcp-server/a.toml", "/etc/tcp-server/secrets/a.token"],
      ["C:\\server\\a.toml", "C:\\server\\secrets/a.token"],
    ] as const
  ) {
    const loaded = loadConfig(fakeHost({ files: { [file]: config } }).host, { file, flags: [] });
    assert.ok("config" in loaded);
    assert.equal(loaded.config.admin.tokenFile, token);
  }
  assert.equal(configOf({ toml: 'admin.token_file = "/run/t"' }).admin.tokenFile, "/run/t");
});

test("no text whatever makes it throw", () => {
  const pieces = fc.constantFrom(
    ..."\n[]{}\"'=.,#\\ \t".split(""),
    ...['"""', "'''", "[[", "port", "log", "level", "1", "true", "1979-05-27", "\r\n", "\\u", "é"],
  );
  const toml = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(toml, fc.string(), fc.string({ unit: "binary" })), (toml) => {
      load({ toml });
    }),
    { numRuns: 1000 },
  );
});
