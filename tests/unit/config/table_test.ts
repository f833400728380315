// The table of keys: complete, in step with the server's limits, and consistent in itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { variableOf } from "../../../src/config/environment.ts";
import { isKeyName, KEY_NAMES, keyOf, TABLE_NAMES } from "../../../src/config/keys.ts";
import { BOUNDS } from "../../../src/limits/server.ts";

test("each limit of the server is set by exactly one key, and that key is built", () => {
  const limits = KEY_NAMES.flatMap((name) => keyOf(name).limit ?? []);
  assert.deepEqual(limits.toSorted(), Object.keys(BOUNDS).toSorted());
  for (const name of KEY_NAMES) {
    if (keyOf(name).limit !== undefined) assert.equal(keyOf(name).built, true, name);
  }
});

test("each default is written as TOML that its own key takes", () => {
  for (const name of KEY_NAMES) {
    const { kind } = keyOf(name);
    if (kind.default === undefined) {
      assert.notEqual(kind.unset, undefined, name);
      continue;
    }
    const written = kind.toToml(kind.default).replace(/^"(.*)"$/, "$1");
    const raw = Array.isArray(kind.default) ? [] : kind.fromText(written);
    assert.deepEqual(kind.schema.parse(raw), kind.default, name);
  }
});

test("each key has a variable of its own, and none is that of an option that is no key", () => {
  const variables = [...KEY_NAMES, "config", "port-file"].map(variableOf);
  assert.equal(new Set(variables).size, variables.length);
  assert.equal(variableOf("handshake.timeout"), "TCP_SERVER_HANDSHAKE_TIMEOUT");
  assert.equal(variableOf("port-file"), "TCP_SERVER_PORT_FILE");
});

test("no key is a table as well, and tables are one level deep", () => {
  for (const table of TABLE_NAMES) assert.equal(isKeyName(table), false, table);
  for (const name of KEY_NAMES) assert.match(name, /^[a-z_]+(\.[a-z_]+)?$/);
});

test("help is one line that starts with a capital and has no final period", () => {
  for (const name of KEY_NAMES) assert.match(keyOf(name).help, /^[A-Z].*[^.]$/, name);
});

test("isKeyName() knows no names that every object has", () => {
  for (const name of ["constructor", "__proto__", "toString"]) assert.equal(isKeyName(name), false);
});
