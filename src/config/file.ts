// Reads a configuration file into settings, each with its line. Values are not checked here, only that keys are known.

import { parse, TomlError } from "smol-toml";
import type { Host } from "../transport/host.ts";
import { isKeyName, KEY_NAMES, TABLE_NAMES } from "./keys.ts";
import { locateKeys } from "./locate.ts";
import { didYouMean, nearest } from "./nearest.ts";
import type { Mistake, Setting } from "./setting.ts";
import { shown, shownPart } from "./shown.ts";

/** What a file says, in the order of its lines. */
export function readFile(host: Pick<Host, "readTextFile">, file: string): (Setting | Mistake)[] {
  let toml: string;
  try {
    toml = host.readTextFile(file);
  } catch (error) {
    return [{ error: `${file}: Cannot read the configuration file: ${messageOf(error)}` }];
  }
  return readToml(toml, file);
}

function readToml(toml: string, file: string): (Setting | Mistake)[] {
  let document: Record<string, unknown>;
  try {
    // A huge integer stays exact, so that an error can show it.
    document = parse(toml, { integersAsBigInt: "asNeeded" });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return [{ error: `${file}:${error.line}:${error.column}: ${error.message.split("\n")[0]}` }];
  }
  const lineOf = locateKeys(toml);
  const found: { line: number; what: Setting | Mistake }[] = [];
  walk(document, [], (path, name, value) => {
    const line = lineOf(path);
    const at = `${file}:${line}`;
    if (isKeyName(name)) found.push({ line, what: { name, raw: value, at } });
    else found.push({ line, what: { error: `${at}: ${name}: ${unknownMessage(name, value)}` } });
  });
  return found.sort((a, b) => a.line - b.line).map(({ what }) => what);
}

type Visit = (path: readonly string[], name: string, value: unknown) => void;

// Visits every known key, and whatever is not known, but not what is inside of that.
function walk(table: Record<string, unknown>, above: readonly string[], visit: Visit): void {
  for (const [part, value] of Object.entries(table)) {
    const path = [...above, part];
    const name = path.map(shownPart).join(".");
    if (TABLE_NAMES.has(name) && isTable(value)) walk(value, path, visit);
    else visit(path, name, value);
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

function unknownMessage(name: string, value: unknown): string {
  if (TABLE_NAMES.has(name)) return `${shown(value)}, allowed: a table`;
  if (isTable(value)) return `Unknown table${didYouMean(nearest(name, TABLE_NAMES))}`;
  return `Unknown key${didYouMean(nearestKey(name))}`;
}

// A key of the same table with nearly this name; else a key of exactly this name elsewhere, if it is the top or only
// one place (lines get added below the wrong header); else the key of which this is the flat form.
function nearestKey(name: string): string | undefined {
  const [table, last] = split(name);
  const siblings = KEY_NAMES.filter((known) => split(known)[0] === table);
  const near = nearest(last, siblings.map((known) => split(known)[1]));
  if (near !== undefined) return siblings.find((known) => split(known)[1] === near);
  if (isKeyName(last)) return last;
  const namesakes = KEY_NAMES.filter((known) => split(known)[1] === last);
  if (namesakes.length === 1) return namesakes[0];
  return KEY_NAMES.find((known) => known.replace(".", "_") === name);
}

// The table (empty: none) and the key in it.
function split(name: string): [string, string] {
  const dot = name.indexOf(".");
  return [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
