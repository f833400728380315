// What of a configuration that was read again can be applied while the server runs.

import { KEY_NAMES, type KeyName, keyOf } from "./keys.ts";
import type { Values } from "./values.ts";

/** Keys other than limits that take effect at once. */
const LIVE: ReadonlySet<KeyName> = new Set<KeyName>([
  "handshake.required",
  "heartbeat.adaptive",
  "limits.limits_mode",
  "limits.sessions_per_user_policy",
  "outbound.broadcast_policy",
  "log.level",
]);

/** Limits that something was built from at start. */
const FIXED: ReadonlySet<KeyName> = new Set<KeyName>(["limits.accept_rate"]);

/** Whether a new value of the key takes effect without a restart; some only for sessions that come then. */
export function isLive(name: KeyName): boolean {
  return LIVE.has(name) || (keyOf(name).limit !== undefined && !FIXED.has(name));
}

/** The keys whose values differ. */
export interface Changes {
  readonly live: readonly KeyName[];
  readonly needsRestart: readonly KeyName[];
}

/** What `next` changes in `current`. */
export function changesOf(current: Values, next: Values): Changes {
  const changed = KEY_NAMES.filter((name) => textOf(current, name) !== textOf(next, name));
  return {
    live: changed.filter(isLive),
    needsRestart: changed.filter((name) => !isLive(name)),
  };
}

function textOf(values: Values, name: KeyName): string {
  return JSON.stringify(values.get(name)?.value ?? null);
}
