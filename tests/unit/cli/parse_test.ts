// Arguments into a command: what is understood, and the text of every mistake.

import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { CONFIG } from "../../../src/cli/options.ts";
import { parseCommandLine, valueOf, valuesOf } from "../../../src/cli/parse.ts";

function parsed(...args: string[]) {
  const line = parseCommandLine(args);
  assert.ok(!("errors" in line), JSON.stringify(line));
  return line;
}

function errorsOf(...args: string[]): readonly string[] {
  const line = parseCommandLine(args);
  assert.ok("errors" in line, "errors were expected");
  return line.errors;
}

test("no command is none, and options may stand before and after one", () => {
  assert.equal(parsed().command, undefined);
  for (const args of [["--port", "1", "serve"], ["serve", "--port", "1"], ["serve", "--port=1"]]) {
    const { command, flags } = parsed(...args);
    assert.equal(command?.name, "serve");
    assert.deepEqual(flags, [{ flag: "--port", name: "port", text: "1" }]);
  }
});

test("--metrics-port turns the metrics on", () => {
  assert.deepEqual(parsed("--metrics-port", "9100").flags, [
    { flag: "--metrics-port", name: "metrics_port", text: "9100" },
    { flag: "--metrics-port", name: "enable_metrics", text: "true" },
  ]);
});

test("each option that is a key sets it, --no-admin without a value", () => {
  const { flags } = parsed("--log-level", "debug", "--no-admin", "--max-connections=5", "--host=");
  assert.deepEqual(flags, [
    { flag: "--log-level", name: "log.level", text: "debug" },
    { flag: "--no-admin", name: "admin.enabled", text: "false" },
    { flag: "--max-connections", name: "max_connections", text: "5" },
    { flag: "--host", name: "host", text: "" },
  ]);
});

test("the other options are given by flag, help in its short form too", () => {
  const { options, flags } = parsed("--config", "a.toml", "--port-file=p", "-h", "--version");
  assert.deepEqual([...options], [
    ["--config", ["a.toml"]],
    ["--port-file", ["p"]],
    ["--help", [""]],
    ["--version", [""]],
  ]);
  assert.deepEqual(flags, []);
});

test("a command's words are given apart", () => {
  assert.deepEqual(parsed("check-config", "a.toml").words, ["a.toml"]);
  assert.deepEqual(parsed("check-config", "--", "--odd.toml").words, ["--odd.toml"]);
  assert.deepEqual(parsed("check-config").words, []);
});

test("a word too few is named, unless help is asked for", () => {
  assert.deepEqual(errorsOf("completions"), ['The command "completions" needs SHELL']);
  assert.deepEqual(parsed("completions", "--help").words, []);
});

test("an option that is given again adds a value, and the last one counts where there is one", () => {
  const line = parsed("--config", "a", "--config", "b");
  assert.equal(valueOf(line, CONFIG), "b");
  assert.deepEqual(valuesOf(line, CONFIG), ["a", "b"]);
});

test("a flag takes a value everywhere or nowhere", () => {
  const takes = new Map<string, boolean>();
  for (const { flag, value } of COMMANDS.flatMap(({ options }) => options)) {
    assert.equal(takes.get(flag) ?? value !== undefined, value !== undefined, flag);
    takes.set(flag, value !== undefined);
  }
});

test("an unknown option names the nearest one, and the word behind it is no second mistake", () => {
  assert.deepEqual(errorsOf("--prot", "9000"), ['Unknown option "--prot", did you mean "--port"?']);
  assert.deepEqual(errorsOf("serve", "--banana"), ['Unknown option "--banana"']);
  assert.deepEqual(errorsOf("-p", "1"), ['Unknown option "-p"']);
  assert.deepEqual(errorsOf("--__proto__"), ['Unknown option "--__proto__"']);
});

test("all mistakes are told at once", () => {
  assert.deepEqual(errorsOf("--prot", "--no-admin=yes", "--config"), [
    'Unknown option "--prot", did you mean "--port"?',
    'The option "--no-admin" takes no value',
    'The option "--config" needs a value: FILE',
  ]);
});

test("an option is no value of the one before it, unless written with an equals sign", () => {
  assert.deepEqual(errorsOf("--config", "--port", "1"), [
    'The option "--config" needs a value: FILE',
  ]);
  assert.deepEqual(parsed("--config=--x").options.get("--config"), ["--x"]);
});

test("an option of another command is refused by name", () => {
  assert.deepEqual(errorsOf("check-config", "--port", "1"), [
    'The command "check-config" takes no option "--port"',
  ]);
  assert.deepEqual(errorsOf("version", "--config", "a"), [
    'The command "version" takes no option "--config"',
  ]);
  assert.deepEqual(errorsOf("--dry-run"), ['The command "serve" takes no option "--dry-run"']);
});

test("an unknown command names the nearest one", () => {
  assert.deepEqual(errorsOf("serv"), ['Unknown command "serv", did you mean "serve"?']);
  assert.deepEqual(errorsOf("pritn-config"), [
    'Unknown command "pritn-config", did you mean "print-config"?',
  ]);
  assert.deepEqual(errorsOf("banana\u001b"), ['Unknown command "banana\\u001b"']);
});

test("a word too many is unexpected", () => {
  assert.deepEqual(errorsOf("serve", "now"), ['Unexpected argument "now"']);
  assert.deepEqual(errorsOf("check-config", "a", "b"), ['Unexpected argument "b"']);
});
