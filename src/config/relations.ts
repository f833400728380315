// Where two limits do not fit together: an error when somebody set both, else the default of the pair gives way.

import { assert } from "../base/assert.ts";
import { DEFAULT_LIMITS, relationError, type ServerLimits } from "../limits/server.ts";
import { KEY_NAMES, type KeyName, keyOf } from "./keys.ts";
import { limitsOf, type Values } from "./values.ts";

interface Pair {
  readonly less: keyof ServerLimits;
  readonly more: keyof ServerLimits;
  /** How many times `less` shall fit into `more` when one of them gives way. */
  readonly times: number;
}

/** What `relationError` knows of, as pairs. Three heartbeats in a time-out: one lost answer ends nothing. */
const PAIRS: readonly Pair[] = [
  { less: "heartbeatIntervalMs", more: "sessionTimeoutMs", times: 3 },
  { less: "outboundBytesHigh", more: "outboundBytesMax", times: 1 },
  { less: "handshakeFrameBytesMax", more: "frameBytesMax", times: 1 },
];

/** Makes defaults give way in `values`. Returns a line for each pair of set values that do not fit together. */
export function relate(values: Values): string[] {
  const errors: string[] = [];
  for (const { less, more, times } of PAIRS) {
    const limits = limitsOf(values);
    // The defaults agree with each other, so what is wrong is wrong with this pair.
    const wrong = relationError({
      ...DEFAULT_LIMITS,
      [less]: limits[less],
      [more]: limits[more],
    });
    if (wrong === undefined) continue;
    const lessName = nameOf(less);
    const moreName = nameOf(more);
    if (!values.get(lessName)!.isSet) {
      const value = Math.floor(limits[more] / times);
      values.set(lessName, { value, from: `default, lowered to fit ${moreName}`, isSet: false });
    } else if (!values.get(moreName)!.isSet) {
      const value = limits[less] * times;
      values.set(moreName, { value, from: `default, raised to fit ${lessName}`, isSet: false });
    } else {
      errors.push(errorLine(values, lessName, wrong.message, moreName));
    }
  }
  assert(
    errors.length > 0 || relationError(limitsOf(values)) === undefined,
    "PAIRS holds every relation of limits/server.ts",
  );
  return errors;
}

function errorLine(values: Values, name: KeyName, message: string, other: KeyName): string {
  const { from } = values.get(name)!;
  const otherFrom = values.get(other)!.from;
  return `${from}: ${name}: ${asToml(values, name)}, ${message} (${other} is ${
    asToml(values, other)
  } at ${otherFrom})`;
}

function asToml(values: Values, name: KeyName): string {
  return keyOf(name).kind.toToml(values.get(name)!.value);
}

function nameOf(limit: keyof ServerLimits): KeyName {
  return KEY_NAMES.find((name) => keyOf(name).limit === limit)!;
}
