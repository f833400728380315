// Style as a failing test: what reviews would say again and again, said once, with the cure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Rule, RULES } from "./tidy/rules.ts";
import { lineAt, parse, readSources, type Source } from "./tidy/source.ts";

const SOURCES = readSources(fileURLToPath(new URL("..", import.meta.url)));

for (const rule of RULES) {
  test(`tidy: ${rule.claim}`, () => {
    const broken = SOURCES.flatMap((source) => check(rule, source));
    assert.equal(broken.length, 0, `${broken.join("\n")}\nInstead: ${rule.cure}`);
  });
}

test("tidy: every rule finds its own example", () => {
  for (const rule of RULES) {
    const source = parse(...rule.example);
    assert.equal(check(rule, source).length, 1, `Cannot find a breach of "${rule.claim}"`);
  }
});

test("tidy: comments, strings and regular expressions are not code, whatever stands around them", () => {
  const text = [
    "// Date.now in a comment",
    "/* console.log */ const a = 'Date.now', b = \"Date.now\", c = `Date.now ${a} \\` ${`${b}`}`;",
    "const quote = /[\"'`]/, d = 4 / 2; // setTimeout",
    "const e = { f: `${{ g: 1 }.g} Date.now` };",
  ].join("\n");
  assert.doesNotMatch(parse("a.ts", text).code, /Date|console|setTimeout/);
  assert.match(parse("a.ts", `${text}\nDate.now();`).code, /\nDate\.now\(\);$/);
});

function check(rule: Rule, source: Source): string[] {
  if (!rule.where(source.path)) return [];
  return rule.find(source).map((offset) => {
    const line = lineAt(source.text, offset);
    return `${source.path}:${line}: ${source.text.split("\n")[line - 1]!.trim()}`;
  });
}
