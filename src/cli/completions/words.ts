// What may stand at each place of a command line, as completion scripts ask it: the tables of commands and options,
// seen from the shell.

import { WORKLOADS } from "../bench/options.ts";
import { type Command, COMMANDS } from "../commands.ts";
import { choicesOf, describe, HELP, isBuilt, type Option, VERSION_OPTION } from "../options.ts";

/** What completes a value or a word: one of a few, the path of a file, or nothing that we know. */
export type Values = readonly string[] | "file" | "any";

/** An option of a command. */
export interface OptionWords {
  readonly flag: string;
  readonly help: string;
  /** Undefined where it takes no value. */
  readonly values: Values | undefined;
}

/** A command. */
export interface CommandWords {
  readonly name: string;
  readonly help: string;
  readonly options: readonly OptionWords[];
  /** What completes each of the words that follow its name. */
  readonly words: readonly Values[];
}

/** The shells that there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The name that stands for a command line without a command. */
export const DEFAULT_COMMAND = "serve";

/** Every command, in the order of help. */
export function commandWords(): CommandWords[] {
  return COMMANDS.map(({ name, summary, options, words = [] }: Command) => ({
    name,
    help: summary,
    options: [...options, HELP, ...(name === DEFAULT_COMMAND ? [VERSION_OPTION] : [])]
      .filter(isBuilt).map(optionWords),
    words: words.map((word) => valuesOf(word.replaceAll(/[[\]]/g, ""), undefined)),
  }));
}

/** Every option once, whichever command takes it. */
export function allOptions(): OptionWords[] {
  const byFlag = new Map<string, OptionWords>();
  for (const { options } of commandWords()) {
    for (const option of options) byFlag.set(option.flag, option);
  }
  return [...byFlag.values()];
}

function optionWords(option: Option): OptionWords {
  const { flag, value } = option;
  return {
    flag,
    help: describe(option),
    values: value === undefined ? undefined : valuesOf(value, choicesOf(option)),
  };
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return choices;
  if (name === "FILE") return "file";
  if (name === "COMMAND") return COMMANDS.map((command) => command.name);
  if (name === "WORKLOAD") return WORKLOADS;
  return name === "SHELL" ? SHELLS : "any";
}

/** `text` as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
