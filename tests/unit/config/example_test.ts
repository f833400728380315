// config.example.toml against the code: every key is there, with its default, and it is a valid configuration.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "smol-toml";
import { KEY_NAMES, keyOf } from "../../../src/config/keys.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { fakeHost } from "../fake_host.ts";

const FILE = "config.example.toml";
const example = readFileSync(new URL(`../../../${FILE}`, import.meta.url), "utf8");

/** A comment sign right before a name or a header takes a line out; prose has a space behind it. */
const uncommented = example.replaceAll(/^#(?=[a-z_[])/gm, "");

/** The values of a document by dotted name. */
function valuesOf(toml: string): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(parse(toml))) {
    if (typeof value !== "object" || Array.isArray(value)) values.set(name, value);
    else for (const [last, inner] of Object.entries(value)) values.set(`${name}.${last}`, inner);
  }
  return values;
}

test("the example is a valid configuration that says the defaults", () => {
  const { host } = fakeHost({ files: { [FILE]: example } });
  const loaded = loadConfig(host, { file: FILE, flags: [] });
  assert.ok("config" in loaded, JSON.stringify(loaded));
  assert.deepEqual(loaded.config, loadDefaults());
});

function loadDefaults() {
  const loaded = loadConfig(fakeHost().host, { file: undefined, flags: [] });
  assert.ok("config" in loaded);
  return loaded.config;
}

test("the example holds every key and no other", () => {
  assert.deepEqual([...valuesOf(uncommented).keys()].toSorted(), KEY_NAMES.toSorted());
});

test("what is set in the example is exactly what is built and has a default", () => {
  const set = KEY_NAMES.filter((name) => keyOf(name).built && keyOf(name).kind.unset === undefined);
  assert.deepEqual([...valuesOf(example).keys()].toSorted(), set.toSorted());
});

test("every key of the example stands there with its default, also where it is commented out", () => {
  const values = valuesOf(uncommented);
  for (const name of KEY_NAMES) {
    const { kind } = keyOf(name);
    if (kind.default === undefined) continue;
    assert.deepEqual(kind.schema.parse(values.get(name)), kind.default, name);
  }
});

test("the comment of every key says what it is, what is allowed, and why", () => {
  let table = "";
  let comment: string[] = [];
  for (const line of example.split("\n")) {
    const header = /^#?\[([a-z_]+)\]/.exec(line)?.[1];
    const key = /^#?([a-z_]+) = /.exec(line)?.[1];
    if (line.startsWith("# ")) comment.push(line.slice(2));
    else if (header !== undefined) table = `${header}.`;
    else if (key !== undefined) {
      const { help, kind } = keyOf(`${table}${key}` as (typeof KEY_NAMES)[number]);
      const expected = `${help}. Allowed: ${kind.allowed}. `;
      assert.ok(comment.join(" ").startsWith(expected), `${table}${key}: ${expected}`);
      assert.ok(comment.join(" ").length > expected.length, `${table}${key} has no reason`);
    }
    if (!line.startsWith("# ")) comment = [];
  }
});

test("whatever is not built stands below a remark that says so, and nothing else does", () => {
  let isRemarked = false;
  let table = "";
  for (const line of example.split("\n")) {
    const header = /^(#?)\[([a-z_]+)\]/.exec(line);
    const key = /^#?([a-z_]+) = /.exec(line)?.[1];
    if (line.startsWith("# Not built yet")) isRemarked = true;
    if (header !== null) table = `${header[2]}.`;
    if (header?.[1] === "") isRemarked = false;
    if (key === undefined) continue;
    const name = `${table}${key}` as (typeof KEY_NAMES)[number];
    assert.equal(isRemarked, !keyOf(name).built, name);
  }
});
