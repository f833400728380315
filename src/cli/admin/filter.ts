// Flags into the filter that the admin API takes, in a query and in a body alike. Names and networks the API checks.

import { parseDuration } from "../../config/duration.ts";
import { shown } from "../../config/shown.ts";
import { parseSize } from "../../config/size.ts";
import { UsageError } from "./errors.ts";
import {
  ADDRESS,
  CLIENT,
  GROUP,
  IDLE_OVER,
  QUEUED_OVER,
  RTT_OVER,
  STATE,
  TAG,
  USER,
} from "./options.ts";
import type { Option } from "../options.ts";
import { type CommandLine, valueOf, valuesOf } from "../parse.ts";

/** The filter, by the API's names; empty where no flag of it was given. */
export type Filter = Readonly<Record<string, string>>;

/** Reads the filter. @throws {UsageError} If a value is none. */
export function readFilter(line: CommandLine): Filter {
  const filter: Record<string, string> = {};
  function add(name: string, value: string | number | undefined): void {
    if (value !== undefined) filter[name] = String(value);
  }
  add("user", textOf(line, USER));
  add("group", textOf(line, GROUP));
  for (const tag of valuesOf(line, TAG)) {
    const at = tag.indexOf("=");
    if (at < 1) throw new UsageError(`${TAG.flag}: ${shown(tag)}, allowed: NAME=VALUE`);
    add(`tag.${tag.slice(0, at)}`, tag.slice(at + 1));
  }
  add("address", textOf(line, ADDRESS));
  add("client", textOf(line, CLIENT));
  add("state", textOf(line, STATE));
  add("idle_over", durationOf(line, IDLE_OVER));
  add("rtt_over", durationOf(line, RTT_OVER));
  add("queued_over", sizeOf(line, QUEUED_OVER));
  return filter;
}

/** Milliseconds; undefined where the option was not given. @throws {UsageError} If it is no duration. */
export function durationOf(line: CommandLine, option: Option): number | undefined {
  return read(line, option, parseDuration, 'a duration like "500ms", "30s", "1m 30s"');
}

/** A whole number from 1 to `max`. @throws {UsageError} If it is none. */
export function countOf(line: CommandLine, option: Option, max: number): number | undefined {
  function parse(text: string): number {
    const count = /^\d+$/.test(text) ? Number(text) : NaN;
    return count >= 1 && count <= max ? count : NaN;
  }
  return read(line, option, parse, `a whole number from 1 to ${max}`);
}

// An empty text is a shell variable that nobody set: taken at its word it would mean everybody without a user.
function textOf(line: CommandLine, option: Option): string | undefined {
  const text = valueOf(line, option);
  if (text === "") throw new UsageError(`${option.flag}: The value is empty`);
  return text;
}

function sizeOf(line: CommandLine, option: Option): number | undefined {
  const parse = (text: string) => /^\d+$/.test(text) ? Number(text) : parseSize(text);
  return read(line, option, parse, 'a size like "64KiB", or a number of bytes');
}

function read(
  line: CommandLine,
  option: Option,
  parse: (text: string) => number,
  allowed: string,
): number | undefined {
  const text = valueOf(line, option);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (Number.isNaN(value)) {
    throw new UsageError(`${option.flag}: ${shown(text)}, allowed: ${allowed}`);
  }
  return value;
}
