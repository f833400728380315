// Finds the line on which each key of a TOML document stands: the TOML library tells positions of syntax errors only.
// It takes a document that was parsed before, so it checks nothing and reads no values.

const KEY_PART = /"((?:[^"\\]|\\.)*)"|'([^']*)'|[A-Za-z0-9_-]+/g;
const SCALAR_END = ",]}#\n";

/**
 * A function that tells the line of a key by the parts of its dotted name. For a key it cannot find (a quoted one with
 * an escape) it tells the line of the table, and 1 where there is none.
 */
export function locateKeys(toml: string): (path: readonly string[]) => number {
  const { lines } = new Scanner(toml);
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(idOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  };
}

// A dot in a quoted key is not the dot between two keys.
function idOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

class Scanner {
  readonly lines = new Map<string, number>();
  #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    let table: readonly string[] = [];
    for (this.#skipBlank(); this.#at < text.length; this.#skipBlank()) {
      if (this.#sees("[")) table = this.#header();
      else this.#pair(table);
    }
  }

  #header(): readonly string[] {
    while (this.#sees("[")) this.#next();
    const path = this.#key("]", []);
    while (this.#sees("]")) this.#next();
    return path;
  }

  #pair(table: readonly string[]): void {
    const path = this.#key("=", table);
    this.#next();
    this.#value(path);
  }

  // Reads a key up to `end` and notes its line, and that of each table it names, unless an earlier one is known.
  #key(end: string, table: readonly string[]): readonly string[] {
    const start = this.#at;
    while (this.#at < this.#text.length && !this.#sees(end)) {
      if (this.#sees('"') || this.#sees("'")) this.#string();
      else this.#next();
    }
    const path = [...table];
    for (const match of this.#text.slice(start, this.#at).matchAll(KEY_PART)) {
      path.push(match[1] ?? match[2] ?? match[0]);
      if (!this.lines.has(idOf(path))) this.lines.set(idOf(path), this.#line);
    }
    return path;
  }

  #value(path: readonly string[]): void {
    this.#skipBlank();
    if (this.#sees("[")) this.#items("]", () => this.#value([...path, "[]"]));
    else if (this.#sees("{")) this.#items("}", () => this.#pair(path));
    else if (this.#sees('"') || this.#sees("'")) this.#string();
    else {
      do this.#next(); while (this.#at < this.#text.length && !SCALAR_END.includes(this.#peek()));
    }
  }

  // An array or an inline table.
  #items(end: string, item: () => void): void {
    this.#next();
    for (this.#skipBlank(); this.#at < this.#text.length && !this.#sees(end); this.#skipBlank()) {
      if (this.#sees(",")) this.#next();
      else item();
    }
    this.#next();
  }

  #string(): void {
    const quote = this.#peek();
    const long = quote.repeat(3);
    const end = this.#sees(long) ? long : quote;
    this.#at += end.length;
    while (this.#at < this.#text.length && !this.#sees(end)) {
      if (quote === '"' && this.#sees("\\")) this.#next();
      this.#next();
    }
    this.#at += end.length;
    // A long string may end in up to two quotes of its own.
    while (end === long && this.#sees(quote)) this.#next();
  }

  // Spaces, ends of lines, and comments.
  #skipBlank(): void {
    while (this.#at < this.#text.length) {
      if (this.#sees("#")) {
        while (this.#at < this.#text.length && !this.#sees("\n")) this.#next();
      } else if (" \t\r\n\ufeff".includes(this.#peek())) this.#next();
      else return;
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #next(): void {
    if (this.#sees("\n")) this.#line++;
    this.#at++;
  }
}
