// A value as an error message shows it: on one line, short, and unable to disturb a terminal.

import { escapeControls } from "../base/text.ts";

const CHARS_MAX = 60;

/** What stands there, in the words of TOML. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a date or time";
  if (typeof value === "object") return "a table";
  if (typeof value !== "string") return String(value);
  const text = value.length > CHARS_MAX ? `${value.slice(0, CHARS_MAX)}…` : value;
  return escapeControls(JSON.stringify(text));
}

/** One part of a dotted key, quoted where TOML wants it quoted. */
export function shownPart(part: string): string {
  return /^[A-Za-z0-9_-]+$/.test(part) ? part : shown(part);
}
