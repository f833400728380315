// Keys that are of no use without another one: an error where that one is missing.

import { type KeyName, keyOf } from "./keys.ts";
import type { Values } from "./values.ts";

/** A line for each such key that somebody set. */
export function missing(values: Values): string[] {
  if (values.get("backend.url")!.value !== "") return [];
  const needy: KeyName[] = [];
  if (values.get("handler")!.value === "backend") needy.push("handler");
  if ((values.get("backend.events")!.value as readonly string[]).length > 0) {
    needy.push("backend.events");
  }
  return needy.map((name) => {
    const { value, from } = values.get(name)!;
    return `${from}: ${name}: ${keyOf(name).kind.toToml(value)}, needs a backend.url`;
  });
}
