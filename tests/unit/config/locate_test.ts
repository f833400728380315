// The scanner for the lines of keys: every way TOML has to write a key, and documents made at random.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { locateKeys } from "../../../src/config/locate.ts";

/** The lines of dotted names in a document; the first line is 1. */
function linesOf(toml: string, ...names: string[]): number[] {
  parse(toml);
  const lineOf = locateKeys(toml);
  return names.map((name) => lineOf(name.split(".")));
}

test("keys are found at the top and below headers, past comments and blank lines", () => {
  const toml = '# host = 1\n\nhost = "a"\n  port=1 # port = 2\n[log] # [x]\nlevel = "info"\n\n' +
    " [ drain ]\ngrace = 1";
  assert.deepEqual(linesOf(toml, "host", "port", "log.level", "drain.grace"), [3, 4, 6, 9]);
  assert.deepEqual(linesOf(toml, "log", "drain"), [5, 8]);
});

test("dotted keys, quoted keys and dotted headers are found", () => {
  const toml = 'a.b = 1\n"a" . \'c\' = 2\n[d."e"]\nf.g = 3';
  assert.deepEqual(linesOf(toml, "a.b", "a.c", "d.e.f.g", "d", "a"), [1, 2, 4, 3, 1]);
});

test("a dot in a quoted key is no dot between keys", () => {
  const lineOf = locateKeys('"a.b" = 1\na.b = 2');
  assert.equal(lineOf(["a.b"]), 1);
  assert.equal(lineOf(["a", "b"]), 2);
});

test("keys of inline tables are found, on their own lines too", () => {
  const toml = "a = { b = 1, c.d = { e = 2 } }\nf = {\n  g = 1, # h = 0\n  h = 2,\n}\ni = 1";
  assert.deepEqual(linesOf(toml, "a.b", "a.c.d.e", "f.g", "f.h", "i"), [1, 1, 3, 4, 6]);
});

test("strings hide what looks like a key, a comment or an end", () => {
  const toml = [
    'a = "x = 1 # \\" ]"',
    "b = 'y\\'",
    'c = """',
    "d = 9",
    '\\""" "" e = 9',
    '"""""',
    "d = '''",
    "e = 9 '' ''''",
    'e = ""',
    "f = ''",
    "g = 1",
  ].join("\n");
  assert.deepEqual(linesOf(toml, "a", "b", "c", "d", "e", "f", "g"), [1, 2, 3, 7, 9, 10, 11]);
});

test("arrays hide what is inside of them, over lines and comments", () => {
  const toml = 'a = [ # ]\n  "]", [1, 2], # b = 1\n  { c = 1 },\n  { d = "}" }\n]\nb = []\nc = 1';
  assert.deepEqual(linesOf(toml, "a", "b", "c"), [1, 6, 7]);
});

test("arrays of tables, dates and bare values do not lead astray", () => {
  const toml = "[[a]]\nb = 1\n[[a]]\nb = 2\n[c]\nd = 1979-05-27 07:32:00 # x\ne = -inf\nf = 0x1F";
  assert.deepEqual(linesOf(toml, "a", "c.d", "c.e", "c.f"), [1, 6, 7, 8]);
});

test("a key that cannot be found is placed at its table, and else on line 1", () => {
  const toml = '\n[a]\n"\\u0062" = 1';
  assert.deepEqual(linesOf(toml, "a.b", "x"), [2, 1]);
});

test("ends of lines may be those of Windows, and a byte order mark may come first", () => {
  const toml = '\ufeffa = 1\r\n# b\r\nb = """\r\n"""\r\n[c]\r\nd = 2\r\n';
  assert.deepEqual(linesOf(toml, "a", "b", "c.d"), [1, 3, 6]);
});

const VALUES = [
  ...["1", "true", "-inf", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", '""', "''"],
  ...['"# [x] = \\" {"', "'}] \\'", '"""\n[t0]\nk0 = 1\n\\""" ""  """', "'''\nk1 = '' '''"],
  ...["[]", '[1, "]",\n# ]\n[2],]', "[{ k0 = 1 }, { k1 = [\n] }]", "{}", "{ x = 1, y.z = '}' }"],
  ...["{\n  k0 = 1, # }\n  k1 = ']',\n}", '"\\\\"', '"""a"""""', "'''b'''''"],
];

const FILLERS = ["", "\n", '# k0 = [ \' """\n', "  \t\n\n", "#\n"];

test("every key of a document made at random is found on its line", () => {
  const key = fc.record({
    filler: fc.constantFrom(...FILLERS),
    quote: fc.constantFrom("", '"', "'"),
    value: fc.constantFrom(...VALUES),
    end: fc.constantFrom("\n", " # x = '\n"),
  });
  const table = fc.record({ keys: fc.array(key, { maxLength: 5 }), isDotted: fc.boolean() });
  fc.assert(fc.property(fc.array(table, { maxLength: 5 }), fc.boolean(), (tables, isWindows) => {
    let toml = "";
    const expected: [string[], number][] = [];
    for (const [t, { keys, isDotted }] of tables.entries()) {
      const path = isDotted ? ["a", `t${t}`] : [`t${t}`];
      toml += `[${path.join(" . ")}]\n`;
      for (const [k, { filler, quote, value, end }] of keys.entries()) {
        toml += filler;
        expected.push([[...path, `k${k}`], toml.split("\n").length]);
        toml += `${quote}k${k}${quote} = ${value}${end}`;
      }
    }
    if (isWindows) toml = toml.replaceAll("\n", "\r\n");
    parse(toml);
    const lineOf = locateKeys(toml);
    for (const [path, line] of expected) assert.equal(lineOf(path), line, path.join("."));
  }));
});
