// What can be typed at the client's prompt, given with -c or piped in: the table, and a line into one of its rows.

import { encodeText } from "../../base/text.ts";
import { didYouMean, nearest } from "../../config/nearest.ts";
import { shown } from "../../config/shown.ts";

/** One command. TEXT, the last word of some, is the rest of the line as it stands. */
export interface TypedCommand {
  readonly name: CommandWord;
  readonly words: readonly string[];
  readonly help: string;
}

export type CommandWord =
  | "send"
  | "request"
  | "notify"
  | "join"
  | "leave"
  | "publish"
  | "tell"
  | "answer"
  | "ping"
  | "info"
  | "state"
  | "hex"
  | "wait"
  | "help"
  | "quit";

/** In the order of help. */
export const TYPED_COMMANDS: readonly TypedCommand[] = [
  { name: "send", words: ["TEXT"], help: "a Request to the default route" },
  { name: "request", words: ["ROUTE", "[TEXT]"], help: "a Request; - is the default route" },
  { name: "notify", words: ["ROUTE", "[TEXT]"], help: "a Notification, which nobody answers" },
  { name: "join", words: ["GROUP"], help: "hear what is published to a group" },
  { name: "leave", words: ["GROUP"], help: "hear it no more" },
  { name: "publish", words: ["GROUP", "[TEXT]"], help: "a Broadcast to a group" },
  { name: "tell", words: ["USER", "[TEXT]"], help: "a Notification to a user" },
  { name: "answer", words: ["NUMBER", "[TEXT]"], help: "answer a question of the server" },
  { name: "ping", words: [], help: "how long a round trip takes" },
  { name: "info", words: [], help: "what the server knows about this session" },
  { name: "state", words: [], help: "where this client stands" },
  { name: "hex", words: ["on|off"], help: "show payloads as bytes" },
  { name: "wait", words: ["TIME"], help: "only listen for so long: 5s" },
  { name: "help", words: [], help: "this list" },
  { name: "quit", words: [], help: "leave; Ctrl-C and Ctrl-D do the same" },
];

/** A line that was read. */
export interface Typed {
  readonly name: CommandWord;
  /** As many as the command has; "" for one that was left out. */
  readonly words: readonly string[];
}

/** Reads a line; undefined for one that says nothing: empty, or a comment behind `#`. */
export function readTyped(line: string): Typed | { readonly error: string } | undefined {
  const text = line.trimStart();
  if (text.trimEnd() === "" || text.startsWith("#")) return undefined;
  const name = /^\S+/.exec(text)![0];
  const command = TYPED_COMMANDS.find((known) => known.name === name);
  if (command === undefined) {
    const near = nearest(name, TYPED_COMMANDS.map((known) => known.name));
    return { error: `Unknown command ${shown(name)}${didYouMean(near) || ', try "help"'}` };
  }
  const words = split(text.slice(name.length), command.words);
  return words === undefined ? { error: usageOf(command) } : { name: command.name, words };
}

// Undefined where there are too many or too few.
function split(text: string, wanted: readonly string[]): string[] | undefined {
  const words: string[] = [];
  let rest = text;
  for (const word of wanted) {
    const isRest = /TEXT/.test(word);
    const found = isRest ? rest.replace(/^\s/, "") : /^\s*(\S*)/.exec(rest)![1]!;
    if (found === "" && !word.startsWith("[")) return undefined;
    words.push(found);
    rest = isRest ? "" : rest.trimStart().slice(found.length);
  }
  return rest.trim() === "" ? words : undefined;
}

/** How it is written. */
export function usageOf({ name, words, help }: TypedCommand): string {
  return `Usage: ${[name, ...words].join(" ")} (${help})`;
}

/** The bytes that a TEXT means: itself as UTF-8, or what it names in hex behind `hex:`. */
export function bytesOf(text: string): Uint8Array {
  const named = /^hex:((?:\s*[0-9a-f]{2})*)\s*$/i.exec(text);
  if (named === null) return encodeText(text);
  const pairs = named[1]!.match(/[0-9a-f]{2}/gi) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}
