// What is typed at the client's prompt, as commands and as bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytesOf,
  readTyped,
  TYPED_COMMANDS,
  usageOf,
} from "../../../../src/cli/client/commands.ts";

test("the last word of a command is the rest of the line, as it stands", () => {
  const cases = [
    ["request sys.echo hello", "request", ["sys.echo", "hello"]],
    ["  request   sys.echo  two  blanks ", "request", ["sys.echo", " two  blanks "]],
    ["request sys.echo", "request", ["sys.echo", ""]],
    ["send a b", "send", ["a b"]],
    ["publish room", "publish", ["room", ""]],
    ["join room ", "join", ["room"]],
    ["ping", "ping", []],
    ["answer 3 yes, of course", "answer", ["3", "yes, of course"]],
  ] as const;
  for (const [line, name, words] of cases) {
    assert.deepEqual(readTyped(line), { name, words: [...words] }, line);
  }
});

test("nothing, blanks and a comment are no command", () => {
  for (const line of ["", "   ", "# request sys.echo hello", "  #"]) {
    assert.equal(readTyped(line), undefined);
  }
});

test("mistakes are told with what is meant, or how it is written", () => {
  const cases = [
    ["requst a", 'Unknown command "requst", did you mean "request"?'],
    ["banana", 'Unknown command "banana", try "help"'],
    ["request", "Usage: request ROUTE [TEXT] (a Request; - is the default route)"],
    ["send", "Usage: send TEXT (a Request to the default route)"],
    ["join a b", "Usage: join GROUP (hear what is published to a group)"],
    ["ping now", "Usage: ping (how long a round trip takes)"],
  ] as const;
  for (const [line, error] of cases) assert.deepEqual(readTyped(line), { error }, line);
});

test("every command is written as its own usage says", () => {
  for (const command of TYPED_COMMANDS) {
    const typed = readTyped([command.name, ...command.words].join(" "));
    assert.ok(typed !== undefined && "name" in typed && typed.name === command.name);
    assert.ok(usageOf(command).length <= 80);
  }
});

test("a text means its bytes, or those that it names in hex", () => {
  const cases = [
    ["é", [0xc3, 0xa9]],
    ["hex:00ff", [0, 255]],
    ["hex: 00 FF 41", [0, 255, 65]],
    ["hex:", []],
    ["hex:0", [104, 101, 120, 58, 48]],
    ["hex:zz", [104, 101, 120, 58, 122, 122]],
  ] as const;
  for (const [text, bytes] of cases) assert.deepEqual([...bytesOf(text)], [...bytes], text);
});
