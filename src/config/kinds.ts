// The kinds of values a key can have: how each is read from TOML and from text, and written as TOML.
// zod checks one value at a time: an object schema would have to be told where each value came from to place its
// errors, which the table of keys and the order of sources already know.

import { z } from "zod";
import type { Bound } from "../limits/server.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { formatSize, parseSize } from "./size.ts";

/** How the values of one key are read and written. */
export interface Kind<Value> {
  /** Reads what smol-toml gives. */
  readonly schema: z.ZodType<Value>;
  readonly default: Value;
  /** What may stand there, to end the sentence `allowed: …`. */
  readonly allowed: string;
  /** The few values there are, where that is so. */
  readonly choices?: readonly string[];
  /** What happens without a value, where there is no default. */
  readonly unset?: string;
  /** The text of an environment variable or a flag as the TOML value it stands for. */
  fromText(text: string): unknown;
  /** The value as TOML. */
  toToml(value: Value): string;
}

/** A whole number. */
export function integer(bound: Bound): Kind<number> {
  return {
    schema: z.int().min(bound.min).max(bound.max),
    default: bound.default,
    allowed: `an integer from ${bound.min} to ${bound.max}`,
    fromText: integerFromText,
    toToml: String,
  };
}

/** A whole number, or "auto": as the machine is. */
export function countOrAuto(bound: Bound): Kind<number | "auto"> {
  const number = integer(bound);
  return {
    ...number,
    schema: z.union([number.schema, z.literal("auto")]),
    allowed: `${number.allowed}, or "auto"`,
    toToml: (value) => value === "auto" ? quoted(value) : String(value),
  };
}

/** Milliseconds, written like "1m 30s". */
export function duration(bound: Bound): Kind<number> {
  const allowed = `a duration from "${formatDuration(bound.min)}" to "${
    formatDuration(bound.max)
  }"`;
  const needsUnit = `a number needs a unit, allowed: ${allowed}`;
  return {
    schema: z.string({ error: ({ input }) => typeof input === "number" ? needsUnit : undefined })
      .transform(parseDuration)
      .pipe(z.number().min(bound.min).max(bound.max)),
    default: bound.default,
    allowed,
    fromText: integerFromText,
    toToml: (value) => quoted(formatDuration(value)),
  };
}

/** Bytes, written as a number or like "64KiB". */
export function size(bound: Bound): Kind<number> {
  return {
    schema: z.union([z.int(), z.string().transform(parseSize)])
      .pipe(z.int().min(bound.min).max(bound.max)),
    default: bound.default,
    allowed: `a size from "${formatSize(bound.min)}" to "${
      formatSize(bound.max)
    }", or its number of bytes`,
    fromText: integerFromText,
    toToml: (value) => value % 1024 === 0 && value > 0 ? quoted(formatSize(value)) : String(value),
  };
}

/** A share of the memory in percent, written like "25%". */
export function share(bound: Bound): Kind<number> {
  return {
    schema: z.string().regex(/^\d{1,2}%$/).transform((text) => parseInt(text))
      .pipe(z.int().min(bound.min).max(bound.max)),
    default: bound.default,
    allowed: `a share of the memory from "${bound.min}%" to "${bound.max}%"`,
    fromText: asIs,
    toToml: (value) => quoted(`${value}%`),
  };
}

/** True or false. */
export function boolean(byDefault: boolean): Kind<boolean> {
  return {
    schema: z.boolean(),
    default: byDefault,
    allowed: "true or false",
    fromText: booleanFromText,
    toToml: String,
  };
}

/** Text that `pattern` matches. */
export function text(byDefault: string, allowed: string, pattern = /^/): Kind<string> {
  return {
    schema: z.string().regex(pattern),
    default: byDefault,
    allowed,
    fromText: asIs,
    toToml: quoted,
  };
}

/** One of a few words; those of `later` are known, but not built yet. */
export function choice<Choice extends string>(
  choices: readonly Choice[],
  byDefault: NoInfer<Choice>,
  later: readonly string[] = [],
): Kind<Choice> {
  const allowed = listed(choices);
  const notBuilt = `not built yet, allowed: ${allowed}`;
  return {
    schema: z.enum(choices, {
      error: ({ input }) => later.includes(input as string) ? notBuilt : undefined,
    }) as z.ZodType<Choice>,
    default: byDefault,
    allowed,
    choices,
    fromText: asIs,
    toToml: quoted,
  };
}

/** A regular expression; empty: none. */
export function pattern(): Kind<string> {
  return { ...text("", "a regular expression"), schema: z.string().refine(isPattern) };
}

/** Where an HTTP service is; empty: nowhere. A password in it would be shown and logged. */
export function httpUrl(): Kind<string> {
  const allowed = "an http or https URL without a password";
  return { ...text("", allowed), schema: z.string().refine(isHttpUrl) };
}

/** Any number of a few words. */
export function listOf<Choice extends string>(
  choices: readonly Choice[],
): Kind<readonly Choice[]> {
  return {
    ...list(),
    schema: z.array(z.enum(choices)) as z.ZodType<readonly Choice[]>,
    default: [],
    allowed: `an array of ${listed(choices)}`,
  };
}

/** Any number of texts; in an environment variable they are separated by commas. */
export function list(): Kind<readonly string[]> {
  return {
    schema: z.array(z.string()),
    default: [],
    allowed: "an array of strings",
    fromText: (text) => text.split(",").map((item) => item.trim()),
    toToml: (items) => `[${items.map(quoted).join(", ")}]`,
  };
}

/** A kind without a default: `unset` says what happens then. */
export function optional<Value>(kind: Kind<Value>, unset: string): Kind<Value | undefined> {
  return {
    ...kind,
    default: undefined,
    unset,
    toToml: (value) => value === undefined ? "" : kind.toToml(value),
  };
}

function asIs(text: string): unknown {
  return text;
}

function integerFromText(text: string): unknown {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function booleanFromText(text: string): unknown {
  return text === "true" ? true : text === "false" ? false : text;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

function isHttpUrl(text: string): boolean {
  if (text === "") return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === "";
}

// A JSON string is a TOML string too, as long as it holds no control characters.
function quoted(text: string): string {
  return JSON.stringify(text);
}

// "a, b or c"
function listed(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(", ").replace(/, ([^,]*)$/, " or $1");
}
