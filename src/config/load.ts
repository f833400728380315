// Puts the configuration together: flags beat environment beats file beats default; every error is found at once.

import type { Host } from "../transport/host.ts";
import { type Config, toConfig } from "./config.ts";
import { readEnvironment } from "./environment.ts";
import { readFile } from "./file.ts";
import { type KeyName, keyOf } from "./keys.ts";
import { folderOf } from "./path.ts";
import { missing } from "./missing.ts";
import { relate } from "./relations.ts";
import type { Mistake, Setting } from "./setting.ts";
import { shown } from "./shown.ts";
import { defaultValues, type Values } from "./values.ts";

/** A key set on the command line. */
export interface Flag {
  /** As it was written, e.g. `--port`. */
  readonly flag: string;
  readonly name: KeyName;
  readonly text: string;
}

/** Where settings come from, besides the environment. */
export interface Sources {
  readonly file: string | undefined;
  readonly flags: readonly Flag[];
}

/** A configuration with the origin of its values, or a line for each error: `WHERE: key: what stands there, …`. */
export type Loaded =
  | { readonly config: Config; readonly values: Values }
  | { readonly errors: readonly string[] };

/** Reads and checks everything that is set. */
export function loadConfig(host: Pick<Host, "env" | "readTextFile">, sources: Sources): Loaded {
  const found: (Setting | Mistake)[] = [
    ...(sources.file === undefined ? [] : readFile(host, sources.file)),
    ...readEnvironment(host),
    ...sources.flags.map(({ flag, name, text }) => ({
      name,
      raw: keyOf(name).kind.fromText(text),
      at: flag,
    })),
  ];
  const values = defaultValues();
  const errors: string[] = [];
  for (const setting of found) {
    const error = "error" in setting ? setting.error : apply(setting, values);
    if (error !== undefined) errors.push(error);
  }
  errors.push(...relate(values), ...missing(values));
  return errors.length > 0
    ? { errors }
    : { config: toConfig(values, folderOf(sources.file)), values };
}

// Puts a setting into `values`; returns a line where it cannot.
function apply({ name, raw, at }: Setting, values: Values): string | undefined {
  const { built, kind } = keyOf(name);
  if (!built) return `${at}: ${name}: Not built yet, leave it out`;
  const result = kind.schema.safeParse(raw, { error: () => `allowed: ${kind.allowed}` });
  if (!result.success) return `${at}: ${name}: ${shown(raw)}, ${result.error.issues[0]!.message}`;
  values.set(name, { value: result.data, from: at, isSet: true });
  return undefined;
}
