// The line that is typed: keys in, text and cursor out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Editor } from "../../../../src/cli/client/editor.ts";
import { HISTORY_LINES_MAX, LINE_CHARS_MAX } from "../../../../src/limits/terminal_client.ts";

/** An editor with what came of typing. */
function editor() {
  const edited = new Editor();
  const lines: string[] = [];
  const events: string[] = [];
  const typing = {
    line: (text: string) => void lines.push(text),
    leave: () => void events.push("leave"),
    clear: () => void events.push("clear"),
    complete: (begin: string) => begin === "req" ? "uest " : "",
  };
  return {
    lines,
    events,
    type: (keys: string) => edited.type(keys, typing),
    /** With the cursor as a bar. */
    get text() {
      return `${edited.before.join("")}|${edited.after.join("")}`;
    },
  };
}

const LEFT = "\x1b[D";
const UP = "\x1b[A";
const DOWN = "\x1b[B";

/** What is typed, and what then stands there. */
const CASES = [
  ["abc", "abc|"],
  [`abc${LEFT}${LEFT}X`, "aX|bc"],
  [`abc${LEFT}${LEFT}${LEFT}${LEFT}${LEFT}\x1b[C`, "a|bc"],
  ["abc\x01X\x05Y", "XabcY|"],
  ["abc\x1b[HX\x1b[FY", "XabcY|"],
  ["abc\x7f\x7f", "a|"],
  ["\x7f\x1b[3~", "|"],
  [`abc${LEFT}\x1b[3~`, "ab|"],
  [`abc${LEFT}\x0b`, "ab|"],
  [`abc${LEFT}\x15`, "|c"],
  ["one two  three\x17", "one two  |"],
  ["one two  \x17X", "one X|"],
  ["one\x17", "|"],
  ["one two\x1bbX\x1bfY", "one XtwoY|"],
  ["one two\x1b[1;5D\x1b[1;5D\x1b[1;5CX", "oneX| two"],
  ["añ🎉b\x7f\x7f", "añ|"],
  ["req\tx", "request x|"],
  ["xyz\t", "xyz|"],
  ["a\x00\x1b[15~\x1bOPb", "ab|"],
] as const;

test("keys edit the line where the cursor stands", () => {
  for (const [keys, wanted] of CASES) {
    const edited = editor();
    edited.type(keys);
    assert.equal(edited.text, wanted, JSON.stringify(keys));
    const slow = editor();
    for (const [key] of keys.matchAll(/\p{Cc}\[[\d;]*[~A-Z]|\p{Cc}O[A-Z]|\p{Cc}[bf]|[^]/gu)) {
      slow.type(key);
    }
    assert.equal(slow.text, wanted, `${JSON.stringify(keys)}, key by key`);
  }
});

test("enter gives the line away, also several that are pasted at once", () => {
  const edited = editor();
  edited.type("one\rtwo\nthree");
  assert.deepEqual(edited.lines, ["one", "two"]);
  assert.equal(edited.text, "three|");
});

test("the arrows bring earlier lines back, and at last the one that was begun", () => {
  const edited = editor();
  edited.type("one\rtwo\rtwo\r \rbeg");
  for (const wanted of ["two|", "one|", "one|"]) {
    edited.type(UP);
    assert.equal(edited.text, wanted);
  }
  edited.type(`${DOWN}X`);
  assert.equal(edited.text, "twoX|");
  edited.type(DOWN);
  assert.equal(edited.text, "beg|");
  edited.type(DOWN);
  assert.equal(edited.text, "beg|");
  edited.type(`${UP}\r`);
  assert.deepEqual(edited.lines, ["one", "two", "two", " ", "two"]);
});

test("Ctrl-C leaves whatever stands there, Ctrl-D only where nothing does", () => {
  const edited = editor();
  edited.type("a\x04");
  assert.deepEqual(edited.events, []);
  edited.type("\x03\x7f\x04\x0c");
  assert.deepEqual(edited.events, ["leave", "leave", "clear"]);
});

test("history and line are bounded", () => {
  const edited = editor();
  for (let i = 0; i < HISTORY_LINES_MAX + 10; i++) edited.type(`line ${i}\r`);
  edited.type(UP.repeat(HISTORY_LINES_MAX + 10));
  assert.equal(edited.text, "line 10|");
  const long = editor();
  long.type("x".repeat(LINE_CHARS_MAX + 10));
  assert.equal(long.text.length, LINE_CHARS_MAX + 1);
});
