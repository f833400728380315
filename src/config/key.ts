// What is known about one key of the configuration, and the three ways to put one into the table.

import { BOUNDS, type ServerLimits } from "../limits/server.ts";
import type { Bound } from "../limits/server.ts";
import type { Kind } from "./kinds.ts";

/** One key. */
export interface Key<Value = unknown> {
  readonly kind: Kind<Value>;
  /** What it is, in one line. */
  readonly help: string;
  /** Whether its capability exists. Setting a key that is not built is an error: nothing is silently ignored. */
  readonly built: boolean;
  /** The server's limit that it sets. */
  readonly limit?: keyof ServerLimits;
}

/** A key that sets a limit of the server, whose default and range stand with the limit. */
export function limit(
  name: keyof ServerLimits,
  kind: (bound: Bound) => Kind<number>,
  help: string,
): Key<number> {
  return { kind: kind(BOUNDS[name]), help, built: true, limit: name };
}

/** Any other key that has an effect. */
export function built<Value>(kind: Kind<Value>, help: string): Key<Value> {
  return { kind, help, built: true };
}

/** A key whose name is promised and whose capability is not there yet. Its range is a plan until then. */
export function notBuilt<Value>(kind: Kind<Value>, help: string): Key<Value> {
  return { kind, help, built: false };
}
