// Where two limits do not fit together: an error when somebody set both, else the default of the pair gives way.

import { holds, RELATIONS, type ServerLimits } from "../limits/server.ts";
import { KEY_NAMES, type KeyName, keyOf } from "./keys.ts";
import { limitsOf, type Values } from "./values.ts";

/** Makes defaults give way in `values`. Returns a line for each pair of set values that do not fit together. */
export function relate(values: Values): string[] {
  // A default that gave way may now be at odds with another: once around for each relation settles a chain of them all.
  for (let round = 0; round < RELATIONS.length && yieldDefaults(values); round++);
  const isSet = (limit: keyof ServerLimits) => values.get(nameOf(limit))!.isSet;
  return RELATIONS.filter((relation) => !holds(relation, limitsOf(values)))
    .filter(({ less, more }) => isSet(less) && isSet(more))
    .map(({ less, more, message }) => errorLine(values, nameOf(less), message, nameOf(more)));
}

// Returns whether any default gave way.
function yieldDefaults(values: Values): boolean {
  let changed = false;
  for (const relation of RELATIONS) {
    const limits = limitsOf(values);
    if (holds(relation, limits)) continue;
    const { less, more, fits } = relation;
    const [lessName, moreName] = [nameOf(less), nameOf(more)];
    if (!values.get(lessName)!.isSet) {
      const value = Math.floor(limits[more] / fits);
      values.set(lessName, { value, from: `default, lowered to fit ${moreName}`, isSet: false });
    } else if (!values.get(moreName)!.isSet) {
      const value = Math.ceil(limits[less] * fits);
      values.set(moreName, { value, from: `default, raised to fit ${lessName}`, isSet: false });
    } else {
      continue;
    }
    changed = true;
  }
  return changed;
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
