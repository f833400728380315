// Looking things up in the table of keys.

import type { Key } from "./key.ts";
import { KEYS } from "./table.ts";

/** The dotted name of a key. */
export type KeyName = keyof typeof KEYS;

/** The value that a key gives. */
export type ValueOf<Name extends KeyName> = (typeof KEYS)[Name] extends Key<infer Value> ? Value
  : never;

/** The names in the order of the table. */
export const KEY_NAMES = Object.keys(KEYS) as KeyName[];

/** Whether there is a key of this name. */
export function isKeyName(name: string): name is KeyName {
  return Object.hasOwn(KEYS, name);
}

/** What is known about a key, whatever its values are. */
export function keyOf(name: KeyName): Key {
  return KEYS[name] as Key;
}

/** The names of the tables. */
export const TABLE_NAMES: ReadonlySet<string> = new Set(
  KEY_NAMES.filter((name) => name.includes(".")).map((name) => name.slice(0, name.indexOf("."))),
);
