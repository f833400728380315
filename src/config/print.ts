// The effective configuration as TOML that can be read again, each value with where it came from.
// No built key holds a secret; the value of the first one that does is to be hidden here.

import { type KeyName, keyOf } from "./keys.ts";
import type { Values } from "./values.ts";

/** One line for each key, below the header of its table. */
export function formatValues(values: Values): string {
  const lines = [...values].map(([name, { value, from }]) => {
    const [table, last] = name.includes(".") ? name.split(".") : ["", name];
    return { table: table!, text: assignment(name, last!, value), from };
  });
  const width = Math.max(...lines.map(({ text }) => text.length));
  let table = "";
  let output = "";
  for (const line of lines) {
    if (line.table !== table) output += `\n[${line.table}]\n`;
    table = line.table;
    output += `${line.text.padEnd(width)}  # ${line.from}\n`;
  }
  return output;
}

// A key without a value stands in a comment.
function assignment(name: KeyName, last: string, value: unknown): string {
  const { kind } = keyOf(name);
  return value === undefined ? `# ${last}: ${kind.unset}` : `${last} = ${kind.toToml(value)}`;
}
