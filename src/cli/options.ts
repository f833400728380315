// The options that commands take. Where one sets a key of the configuration, its default, its allowed values and its
// help stand with the key.

import { type KeyName, keyOf } from "../config/keys.ts";

/** An option: a flag, with or without a value. */
export interface Option {
  readonly flag: string;
  /** One letter that stands for it. */
  readonly short?: string;
  /** What stands for the value in help; a flag without it takes none. */
  readonly value?: string;
  /** The key it sets. */
  readonly key?: KeyName;
  /** The text a flag without a value sets its key to. */
  readonly means?: string;
  /** A key that it sets to true besides. */
  readonly turnsOn?: KeyName;
  /** What it does, where the key does not say it. */
  readonly help?: string;
  /** The few values there are, where the key does not say them. */
  readonly choices?: readonly string[];
}

export const CONFIG: Option = {
  flag: "--config",
  value: "FILE",
  help: "Read this configuration file",
};
export const PORT_FILE: Option = {
  flag: "--port-file",
  value: "FILE",
  help: "Write the port to this file once the server listens",
};
export const JSON_OUTPUT: Option = { flag: "--json", help: "Print one JSON value" };
export const HELP: Option = { flag: "--help", short: "h", help: "Show this help (-h)" };
export const VERSION_OPTION: Option = { flag: "--version", help: "Show the version" };

/** What `serve` takes, and `print-config` with it. */
export const SERVE_OPTIONS: readonly Option[] = [
  CONFIG,
  { flag: "--host", value: "ADDRESS", key: "host" },
  { flag: "--port", value: "PORT", key: "port" },
  PORT_FILE,
  { flag: "--max-connections", value: "N", key: "max_connections" },
  { flag: "--handler", value: "NAME", key: "handler" },
  { flag: "--workers", value: "N", key: "workers" },
  { flag: "--log-level", value: "LEVEL", key: "log.level" },
  { flag: "--log-format", value: "FORMAT", key: "log.format" },
  { flag: "--admin-port", value: "PORT", key: "admin.port" },
  { flag: "--no-admin", key: "admin.enabled", means: "false", help: "Run without the admin API" },
  { flag: "--metrics-port", value: "PORT", key: "metrics_port", turnsOn: "enable_metrics" },
];

/** Whether it does anything: an option of a key that is not built is known, but not shown. */
export function isBuilt({ key }: Option): boolean {
  return key === undefined || keyOf(key).built;
}

/** The few values that an option may have; undefined where there are many. */
export function choicesOf({ key, choices }: Option): readonly string[] | undefined {
  return choices ?? (key === undefined ? undefined : keyOf(key).kind.choices);
}

/** What an option does, what it allows and what holds without it, in one sentence. */
export function describe({ key, help }: Option): string {
  if (key === undefined || help !== undefined) return help ?? "";
  const { kind, help: what } = keyOf(key);
  const choices = kind.choices === undefined ? "" : `: ${kind.choices.join(", ")}`;
  return `${what}${choices} (${kind.unset ?? `default ${kind.default}`})`;
}
