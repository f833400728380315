// The value of every key with where it came from, and the server's limits among them.

import { DEFAULT_LIMITS, type ServerLimits } from "../limits/server.ts";
import { KEY_NAMES, type KeyName, keyOf } from "./keys.ts";

/** A value and where it came from. */
export interface Value {
  readonly value: unknown;
  /** `FILE:LINE`, a variable, a flag, or a sentence about the default. */
  readonly from: string;
  /** Whether somebody set it. */
  readonly isSet: boolean;
}

/** The value of every built key. */
export type Values = Map<KeyName, Value>;

/** Every built key at its default. */
export function defaultValues(): Values {
  const names = KEY_NAMES.filter((name) => keyOf(name).built);
  return new Map(
    names.map((name) => [name, { value: keyOf(name).kind.default, from: "default", isSet: false }]),
  );
}

/** The server's limits as the values say. */
export function limitsOf(values: Values): ServerLimits {
  const limits: Record<string, unknown> = { ...DEFAULT_LIMITS };
  for (const [name, { value }] of values) {
    const { limit } = keyOf(name);
    if (limit !== undefined) limits[limit] = value;
  }
  return limits as ServerLimits;
}
