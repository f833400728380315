// The rules of tidy_test.ts, as a table: where each holds, what it finds, and what to do about it.

import { CORE, folderOf, mayImport } from "./layers.ts";
import type { Source } from "./source.ts";

export interface Rule {
  /** What is always true of this repository. */
  claim: string;
  /** What to do instead. */
  cure: string;
  /** Whether the rule holds for the file with this path. */
  where: (path: string) => boolean;
  /** The offsets of what breaks the rule. */
  find: (source: Source) => number[];
  /** A path and a text that break the rule: proof that it can fail. */
  example: [path: string, text: string];
}

const LINES_MAX = 300;

/** The folders of src/ that may name a runtime. */
const PLATFORM = ["runtime", "store", "bus"];

export const RULES: Rule[] = [
  {
    claim: "every file of src/ lies in a layer",
    cure: "put it into a folder of tests/tidy/layers.ts, or give its folder a layer there",
    where: under("src/"),
    find: (source) => folderOf(source.path) === undefined ? [0] : [],
    example: ["src/misc/a.ts", "// Odds and ends."],
  },
  {
    claim: "imports point to a lower layer or stay in their folder",
    cure: "take what is needed as an argument, or move it down",
    where: under("src/"),
    find: imports(({ path }, from) => path?.endsWith(".ts") === true && !mayImport(from, path)),
    example: ["src/codec/a.ts", 'import type { Session } from "../session/session.ts";'],
  },
  {
    claim: "layers 0 to 4 have no dependency",
    cure: "write the few lines that are needed, or use the package further out",
    where: inCore,
    find: imports(({ path }) => path === undefined),
    example: ["src/server/a.ts", 'import { z } from "zod";'],
  },
  {
    claim: "only src/runtime, src/store and src/bus name a runtime",
    cure: "ask the Host for it (src/transport, src/runtime)",
    where: isPortable,
    find: (source) => [
      ...inCode(/\b(?:Deno|Bun)\b/g)(source),
      ...imports(({ specifier }, from) =>
        specifier.startsWith("node:") && !(specifier === "node:util" && folderOf(from) === "cli")
      )(source),
    ],
    example: ["src/config/a.ts", 'import { readFileSync } from "node:fs";'],
  },
  {
    claim: "layers 0 to 4 know no time, no randomness and no output",
    cure: "take a Clock, a Prng or a log sink as an argument",
    where: inCore,
    find: inCode(
      /\b(?:Date\.now|new Date|Math\.random|console\.|performance\.|set(?:Timeout|Interval))\b/g,
    ),
    example: ["src/server/a.ts", "const started = `${Date.now()}`;"],
  },
  {
    claim: "codec, session and transport know no promise",
    cure: "take a callback: without promises the simulator decides the order of all events",
    where: (path) => ["codec", "session", "transport"].includes(folderOf(path) ?? ""),
    find: inCode(/\b(?:async|await|Promise|queueMicrotask)\b/g),
    example: ["src/session/a.ts", "export async function close() {}"],
  },
  {
    claim: "layers 0 to 4 keep no state in a module",
    cure: "keep it in a class or in the caller: two servers in one process must not share it",
    where: inCore,
    find: inCode(/^(?:export )?(?:let|var)\b/gm),
    example: ["src/base/a.ts", "export let count = 0;"],
  },
  {
    claim: "every file opens with a comment that says what it is",
    cure: "write one sentence, and say what it does not do where that helps",
    where: isTypeScript,
    find: (source) => /^\/[/*]/.test(source.text) ? [] : [0],
    example: ["src/base/a.ts", "export const A = 1;"],
  },
  {
    claim: `no file is longer than ${LINES_MAX} lines`,
    cure: "split it where a reader would look for the parts",
    where: isTypeScript,
    find: (source) => source.text.split("\n").length > LINES_MAX + 1 ? [source.text.length] : [],
    example: ["src/base/a.ts", "//\n".repeat(LINES_MAX + 1)],
  },
  {
    claim: "no test keeps the others from running",
    cure: "take .only away",
    where: isTypeScript,
    find: inCode(/\.only\(/g),
    example: ["tests/unit/a_test.ts", 'test.only("one", () => {});'],
  },
  {
    claim: "unit and simulation tests do not sleep",
    cure: "advance a virtual clock, or wait for the event itself",
    where: (path) => path.startsWith("tests/unit/") || path.startsWith("tests/simulation/"),
    find: inCode(/\bset(?:Timeout|Interval)\b/g),
    example: ["tests/unit/a_test.ts", "await new Promise((done) => setTimeout(done, 10));"],
  },
  {
    claim: "lock files name no registry",
    cure: "write them anew with `make lock`, without a registry of your own in .npmrc",
    where: (path) => path.endsWith(".lock"),
    find: inText(/https?:/g),
    example: ["bun.lock", '"zod": ["zod@4.6.7", "https://registry.example/zod.tgz"]'],
  },
  {
    claim: "nothing points outside the repository",
    cure: "use a path that starts here, and say in docs/ what stood there",
    where: () => true,
    find: inText(/(?<![\w.])\/(?:home|root|Users|work)\/|\.\.\/shared\b/g),
    example: ["docs/a.md", "see `../" + "shared/a.md`"],
  },
];

function under(folder: string): (path: string) => boolean {
  return (path) => path.startsWith(folder);
}

function inCore(path: string): boolean {
  return CORE.includes(folderOf(path) ?? "");
}

/** What runs on either runtime as it stands: the program, but not the tools and tests around it. */
function isPortable(path: string): boolean {
  if (!path.startsWith("src/")) {
    return ["main.ts", "mod.ts", "server.ts", "client.ts"].includes(path);
  }
  return !PLATFORM.includes(folderOf(path) ?? "");
}

function isTypeScript(path: string): boolean {
  return path.endsWith(".ts");
}

function inCode(pattern: RegExp): Rule["find"] {
  return (source) => [...source.code.matchAll(pattern)].map((match) => match.index);
}

function inText(pattern: RegExp): Rule["find"] {
  return (source) => [...source.text.matchAll(pattern)].map((match) => match.index);
}

function imports(breaks: (found: Source["imports"][number], from: string) => boolean) {
  return (source: Source): number[] =>
    source.imports.filter((found) => breaks(found, source.path)).map((found) => found.offset);
}
