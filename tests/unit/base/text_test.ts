// UTF-8 in and out, and what a peer sent made safe to show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText, escapeControls } from "../../../src/base/text.ts";

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

test("decodeText() gives back what encodeText() made, to the last code point", () => {
  for (const text of ["", "plain", "grüße", "\u0000\u007f\u0080\uffff", "😀\u{10ffff}"]) {
    assert.equal(decodeText(encodeText(text)), text);
  }
});

test("decodeText() keeps a byte order mark: nothing a peer sent is left out", () => {
  assert.equal(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
});

const INVALID = {
  "a lone continuation byte": bytes(0x80),
  "a sequence cut short": bytes(0x61, 0xe2, 0x82),
  "a sequence broken in the middle": bytes(0xe2, 0x28, 0xa1),
  "an overlong slash": bytes(0xc0, 0xaf),
  "a surrogate": bytes(0xed, 0xa0, 0x80),
  "a code point past the last": bytes(0xf4, 0x90, 0x80, 0x80),
  "a byte UTF-8 has no use for": bytes(0xff),
  "UTF-16 with a byte order mark": bytes(0xff, 0xfe, 0x7b, 0x00),
};

test("decodeText() is undefined for what is not UTF-8, and remembers nothing of it", () => {
  for (const [name, invalid] of Object.entries(INVALID)) {
    assert.equal(decodeText(invalid), undefined, name);
    assert.equal(decodeText(bytes(0x61)), "a", `after ${name}`);
  }
});

test("encodeText() writes a lone surrogate as the replacement character, not as broken UTF-8", () => {
  assert.deepEqual(encodeText("\ud800"), bytes(0xef, 0xbf, 0xbd));
});

test("escapeControls() leaves ordinary text alone, in any script", () => {
  for (const text of ["", "meter/2.1 (eu)", "grüße, мир, 世界, 😀 \\n %s <b>", "e\u0301"]) {
    assert.equal(escapeControls(text), text);
  }
});

test("escapeControls() writes out what moves a cursor, forges a line or reorders text", () => {
  const cases = [
    ["\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m"], // ANSI colours
    ["\x1b]0;title\x07", "\\u{1b}]0;title\\u{7}"], // a terminal's title
    ["\x9b2J", "\\u{9b}2J"], // the one-character form of ESC [
    ["ok\r\n2026 INFO forged", "ok\\u{d}\\u{a}2026 INFO forged"],
    ["a\u0085b\u2028c\u2029d", "a\\u{85}b\\u{2028}c\\u{2029}d"], // line ends beyond CR and LF
    ["a\tb\0c\x7f\b", "a\\u{9}b\\u{0}c\\u{7f}\\u{8}"],
    ["\u202egnp.exe\u202c", "\\u{202e}gnp.exe\\u{202c}"], // bidi override
    ["\u2066x\u2069\u200f\u061c", "\\u{2066}x\\u{2069}\\u{200f}\\u{61c}"], // bidi isolate and marks
    ["a\u200bb\u200d\ufeff\u00ad", "a\\u{200b}b\\u{200d}\\u{feff}\\u{ad}"], // invisible
    ["\u{e0041}", "\\u{e0041}"], // tag characters: invisible and outside the basic plane
    ["a\ud800b", "a\\u{d800}b"],
    ["\udc00\ud800", "\\u{dc00}\\u{d800}"], // halves in the wrong order
  ] as const;
  for (const [text, shown] of cases) assert.equal(escapeControls(text), shown);
});

test("escapeControls() leaves no control, format or surrogate character of the basic plane", () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const shown = escapeControls(String.fromCharCode(unit));
    assert.ok(!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(shown), `U+${unit.toString(16)}`);
  }
});
