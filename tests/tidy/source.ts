// Source files as the tidy rules see them: their text, their code without comments and strings, and their imports.

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** One file of the repository. */
export interface Source {
  /** Starts at the root of the repository, with forward slashes. */
  path: string;
  text: string;
  /** The text with comments, strings and regular expressions blanked out: every offset stays what it was. */
  code: string;
  imports: Import[];
}

export interface Import {
  /** What stands between the quotes. */
  specifier: string;
  /** Where a relative specifier leads, from the root of the repository; undefined for a package. */
  path: string | undefined;
  offset: number;
}

/** What git does not keep, and git itself. */
const SKIPPED = new Set([".git", ".toolchain", "coverage", "dist", "node_modules"]);

/** Reads every text file of the repository. */
export function readSources(root: string): Source[] {
  const sources: Source[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile()) continue;
      const text = readFileSync(`${root}/${path}`, "utf8");
      if (!text.includes("\0")) sources.push(parse(path, text));
    }
  }
  return sources;
}

/** Takes a text apart; one that is not TypeScript has no code and no imports. */
export function parse(path: string, text: string): Source {
  if (!path.endsWith(".ts")) return { path, text, code: "", imports: [] };
  const code = blank(text);
  const imports: Import[] = [];
  for (const match of text.matchAll(/\b(?:import|from)\s*\(?\s*"([^"]+)"/g)) {
    // A keyword that was blanked out stands in a comment or a string.
    if (code[match.index] === " ") continue;
    const specifier = match[1]!;
    const relative = specifier.startsWith(".");
    imports.push({
      specifier,
      path: relative ? posix.join(posix.dirname(path), specifier) : undefined,
      offset: match.index,
    });
  }
  return { path, text, code, imports };
}

/** The number of the line that an offset lies in, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

const COMMENT = /\/\/.*|\/\*[^]*?\*\//y;
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
// A slash that follows an operator, an opening bracket or `return` begins a regular expression, any other divides.
const REGEXP =
  /(?<=(?:[=(,:;!&|?{}[]|=>|\breturn)\s*)\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
// A template from a backtick, or from the end of a substitution, to the next substitution or its end.
const TEMPLATE = /[`}](?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

function blank(text: string): string {
  let code = "";
  // For each open substitution of a template: how many braces are open inside it.
  const braces: number[] = [];
  while (code.length < text.length) {
    const at = code.length;
    const character = text[at]!;
    const last = braces.length - 1;
    let token: string;
    if (character === "`" || (character === "}" && braces[last] === 0)) {
      token = match(TEMPLATE, text, at);
      if (character === "}") braces.pop();
      if (token.endsWith("${")) braces.push(0);
    } else {
      token = match(COMMENT, text, at) || match(STRING, text, at) || match(REGEXP, text, at);
      if (character === "{" && last >= 0) braces[last]!++;
      if (character === "}" && last >= 0) braces[last]!--;
    }
    code += token.replace(/[^\n]/g, " ") || character;
  }
  return code;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
