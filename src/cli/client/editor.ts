// A line of text as it is typed: keys in, text and cursor out. It draws nothing.

import { HISTORY_LINES_MAX, LINE_CHARS_MAX } from "../../limits/terminal_client.ts";

/** What typing can lead to. */
export interface Typing {
  /** A line is complete. */
  line(text: string): void;
  /** Ctrl-C, or Ctrl-D on an empty line. */
  leave(): void;
  /** Ctrl-L. */
  clear(): void;
  /** The end of a word whose beginning is known; empty where there is none, or several. */
  complete(begin: string): string;
}

const ESCAPE = "\x1b";

/** A sequence that a key sends, or one character. */
const KEY = new RegExp(
  `${ESCAPE}\\[[0-9;]*[~A-Za-z]|${ESCAPE}O[A-Z]|${ESCAPE}[^]|[^]`,
  "gu",
);

/** Keys with a name of their own, by what they send: of the terminal itself, and those of Emacs. */
const NAMES: Readonly<Record<string, string>> = {
  "\x1b[D": "left",
  "\x02": "left",
  "\x1b[C": "right",
  "\x06": "right",
  "\x1b[A": "older",
  "\x10": "older",
  "\x1b[B": "newer",
  "\x0e": "newer",
  "\x1b[H": "home",
  "\x1b[1~": "home",
  "\x1bOH": "home",
  "\x01": "home",
  "\x1b[F": "end",
  "\x1b[4~": "end",
  "\x1bOF": "end",
  "\x05": "end",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x1b[3~": "delete",
  "\x0b": "cut end",
  "\x15": "cut begin",
  "\x17": "cut word",
  "\x1b[1;5D": "word left",
  "\x1bb": "word left",
  "\x1b[1;5C": "word right",
  "\x1bf": "word right",
};

/** The line. */
export class Editor {
  #before: string[] = [];
  #after: string[] = [];
  readonly #history: string[] = [];
  // Which line of the history is shown; its length: the one that is new.
  #shown = 0;
  #begun = "";

  /** What stands before the cursor, character by character, and what behind it. */
  get before(): readonly string[] {
    return this.#before;
  }
  get after(): readonly string[] {
    return this.#after;
  }

  /** Takes what was typed, or pasted. */
  type(keys: string, typing: Typing): void {
    for (const [key] of keys.matchAll(KEY)) this.#press(key, typing);
  }

  #press(key: string, typing: Typing): void {
    const empty = this.#before.length + this.#after.length === 0;
    if (key === "\r" || key === "\n") return this.#enter(typing);
    if (key === "\x03" || (key === "\x04" && empty)) return typing.leave();
    if (key === "\x0c") return typing.clear();
    if (key === "\t") return this.#insert(typing.complete(this.#before.join("")));
    if (key in NAMES) return this.#edit(NAMES[key]!);
    if (!/^\p{Cc}/u.test(key)) this.#insert(key);
  }

  #enter(typing: Typing): void {
    const text = this.#text();
    this.#show("");
    if (text.trim() !== "" && text !== this.#history.at(-1)) this.#history.push(text);
    if (this.#history.length > HISTORY_LINES_MAX) this.#history.shift();
    this.#shown = this.#history.length;
    typing.line(text);
  }

  #edit(name: string): void {
    const before = this.#before;
    const after = this.#after;
    switch (name) {
      case "left":
        return void after.unshift(...before.splice(-1));
      case "right":
        return void before.push(...after.splice(0, 1));
      case "home":
        return void after.unshift(...before.splice(0));
      case "end":
        return void before.push(...after.splice(0));
      case "word left":
        return void after.unshift(...before.splice(this.#wordBegin()));
      case "word right":
        return void before.push(...after.splice(0, this.#wordEnd()));
      case "backspace":
        return void before.pop();
      case "delete":
        return void after.shift();
      case "cut end":
        return void after.splice(0);
      case "cut begin":
        return void before.splice(0);
      case "cut word":
        return void before.splice(this.#wordBegin());
      case "older":
        return this.#browse(-1);
      case "newer":
        return this.#browse(1);
    }
  }

  #wordBegin(): number {
    return [...this.#before.join("").replace(/\S*\s*$/, "")].length;
  }

  #wordEnd(): number {
    return [...this.#after.join("").match(/^\s*\S*/)![0]].length;
  }

  #browse(by: number): void {
    const next = this.#shown + by;
    if (next < 0 || next > this.#history.length) return;
    if (this.#shown === this.#history.length) this.#begun = this.#text();
    this.#shown = next;
    this.#show(this.#history[next] ?? this.#begun);
  }

  #text(): string {
    return [...this.#before, ...this.#after].join("");
  }

  #show(text: string): void {
    this.#before = [...text];
    this.#after = [];
  }

  #insert(text: string): void {
    if (this.#before.length + this.#after.length < LINE_CHARS_MAX) this.#before.push(...text);
  }
}
