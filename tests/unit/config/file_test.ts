// What a file can have wrong before any value is looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "../../../src/config/file.ts";
import { fakeHost } from "../fake_host.ts";

function read(toml: string) {
  return readFile(fakeHost({ files: { "etc/a.toml": toml } }).host, "etc/a.toml");
}

function errorOf(toml: string): string {
  const [first, ...rest] = read(toml);
  assert.deepEqual(rest, []);
  assert.ok(first !== undefined && "error" in first, "one error was expected");
  return first.error;
}

test("settings come in the order of their lines, with values as they stand", () => {
  assert.deepEqual(read('log.level = 1\nport = "x"\nlog.format = []\n'), [
    { name: "log.level", raw: 1, at: "etc/a.toml:1" },
    { name: "port", raw: "x", at: "etc/a.toml:2" },
    { name: "log.format", raw: [], at: "etc/a.toml:3" },
  ]);
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("[log]\n[resume]\n"), []);
});

test("a file that cannot be read is one error with the platform's reason", () => {
  assert.deepEqual(readFile(fakeHost().host, "b.toml"), [
    { error: "b.toml: Cannot read the configuration file: No such file" },
  ]);
});

test("broken TOML is one error at the line and column of the parser", () => {
  assert.equal(
    errorOf("port = 1\nhost = \n"),
    "etc/a.toml:2:8: Invalid TOML document: invalid value",
  );
  assert.equal(
    errorOf("port = 1\n\nport = 2\n"),
    "etc/a.toml:3:1: Invalid TOML document: trying to redefine an already defined table or value",
  );
});

test("an unknown key names its nearest neighbour in the same table", () => {
  assert.equal(errorOf("prot = 1"), 'etc/a.toml:1: prot: Unknown key, did you mean "port"?');
  assert.equal(
    errorOf("[handshake]\ntimout = 1"),
    'etc/a.toml:2: handshake.timout: Unknown key, did you mean "handshake.timeout"?',
  );
});

test("a key below the wrong header is recognised", () => {
  assert.equal(
    errorOf("[log]\nport = 1"),
    'etc/a.toml:2: log.port: Unknown key, did you mean "port"?',
  );
  assert.equal(
    errorOf("[log]\nstall_timeout = 1"),
    'etc/a.toml:2: log.stall_timeout: Unknown key, did you mean "outbound.stall_timeout"?',
  );
  assert.equal(errorOf("[log]\nbytes_max = 1"), "etc/a.toml:2: log.bytes_max: Unknown key");
});

test("a key written flat, as in the name of its variable, is recognised", () => {
  assert.equal(
    errorOf("handshake_timeout = 1"),
    'etc/a.toml:1: handshake_timeout: Unknown key, did you mean "handshake.timeout"?',
  );
});

test("an unknown key that is near to nothing gets no suggestion", () => {
  assert.equal(errorOf("banana = 1"), "etc/a.toml:1: banana: Unknown key");
});

test("an unknown table is one error, whatever is in it, and names its nearest neighbour", () => {
  assert.equal(
    errorOf("\n[handshak]\ntimeout = 1\nx = 2"),
    'etc/a.toml:2: handshak: Unknown table, did you mean "handshake"?',
  );
  assert.equal(errorOf("log.deep.er = 1"), "etc/a.toml:1: log.deep: Unknown table");
});

test("names that every object has, and names with dots or control characters, are unknown keys", () => {
  assert.equal(errorOf("__proto__ = 1"), "etc/a.toml:1: __proto__: Unknown key");
  assert.equal(errorOf("constructor = 1"), "etc/a.toml:1: constructor: Unknown key");
  assert.equal(errorOf("[log]\ntoString = 1"), "etc/a.toml:2: log.toString: Unknown key");
  assert.equal(errorOf('"log.level" = 1'), 'etc/a.toml:1: "log.level": Unknown key');
  assert.equal(errorOf('"\\u001b[2J" = 1'), 'etc/a.toml:1: "\\u001b[2J": Unknown key');
});
