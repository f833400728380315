// Help: complete, in 80 columns, and with the defaults of the table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, COMMANDS } from "../../../src/cli/commands.ts";
import { helpFor } from "../../../src/cli/help.ts";
import { isBuilt, SERVE_OPTIONS } from "../../../src/cli/options.ts";
import { parseCommandLine } from "../../../src/cli/parse.ts";
import { KEYS } from "../../../src/config/table.ts";

// The words of a command line, without their quotes.
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, inside]) => inside ?? word);
}

const ALL = [undefined, ...COMMANDS].map(helpFor);

test("help fits 80 columns and ends each line without blanks", () => {
  for (const help of ALL) {
    for (const line of help.split("\n")) {
      assert.ok(line.length <= 80, line);
      assert.equal(line, line.trimEnd());
    }
    assert.match(help, /[^\n]\n$/);
  }
});

test("help of the program lists each command", () => {
  const help = helpFor(undefined);
  for (const { name } of COMMANDS) assert.match(help, new RegExp(`^  ${name} `, "m"));
});

test("help of serve lists each option that is built, and no other", () => {
  const help = helpFor(commandOf("serve"));
  for (const option of SERVE_OPTIONS) {
    assert.equal(new RegExp(`^  ${option.flag}\\b`, "m").test(help), isBuilt(option), option.flag);
  }
});

test("help says the defaults of the table", () => {
  const help = helpFor(undefined).replaceAll(/\s+/g, " ");
  for (const name of ["host", "port", "max_connections", "handler", "log.level"] as const) {
    assert.ok(help.includes(`(default ${KEYS[name].kind.default})`), name);
  }
  assert.ok(help.includes(`(${KEYS["log.format"].kind.unset})`));
  const handlers = KEYS.handler.kind.choices!.join(", ");
  assert.ok(help.includes(`What the default route does: ${handlers} (default echo)`));
  assert.ok(help.includes('Threads that serve sessions; "auto": one for each core (default 1)'));
});

test("what stands on the left never runs into the text on the right", () => {
  for (const help of ALL) {
    const entries = help.split("Examples:")[0]!.split("\n").filter((line) => line.startsWith("  "));
    for (const entry of entries) assert.match(entry, /^.{22} \S/);
  }
});

test("the program and each command show examples that parse", () => {
  assert.equal(helpFor(undefined).split("Examples:\n")[1]!.trimEnd().split("\n").length, 2);
  for (const { examples } of COMMANDS) {
    assert.ok(examples.length > 0);
    for (const example of examples) {
      const args = wordsOf(example.replace(/^.*?tcp-server ?/, "").replace(/ > .*|\)$/, ""));
      assert.ok(!("errors" in parseCommandLine(args)), example);
    }
  }
});
