// Reads the environment into settings. Variables are asked for by name, so one with a wrong name is not noticed.

import type { Host } from "../transport/host.ts";
import { KEY_NAMES, keyOf } from "./keys.ts";
import type { Setting } from "./setting.ts";

/** The variable of a key, or of an option that is no key: `handshake.timeout` is `TCP_SERVER_HANDSHAKE_TIMEOUT`. */
export function variableOf(name: string): string {
  return `TCP_SERVER_${name.toUpperCase().replaceAll(/[.-]/g, "_")}`;
}

/** One variable. An empty one counts as unset: that is how container files pass on what nobody set. */
export function readVariable(host: Pick<Host, "env">, name: string): string | undefined {
  const text = host.env(variableOf(name));
  return text === "" ? undefined : text;
}

/** What the environment says. */
export function readEnvironment(host: Pick<Host, "env">): Setting[] {
  const settings: Setting[] = [];
  for (const name of KEY_NAMES) {
    const text = readVariable(host, name);
    if (text === undefined) continue;
    settings.push({ name, raw: keyOf(name).kind.fromText(text), at: variableOf(name) });
  }
  return settings;
}
