// Command-line arguments into a command with its options, or a line for each mistake. Values are checked later, as
// part of the configuration.

import { parseArgs } from "node:util";
import type { Flag } from "../config/load.ts";
import { didYouMean, nearest } from "../config/nearest.ts";
import { shown } from "../config/shown.ts";
import { type Command, commandOf, COMMANDS } from "./commands.ts";
import { HELP, type Option, SERVE_OPTIONS, VERSION_OPTION } from "./options.ts";

/** What somebody asked for. */
export interface CommandLine {
  /** Undefined: none was named. */
  readonly command: Command | undefined;
  /** What follows the command's name: as many words as it wants. */
  readonly words: readonly string[];
  /** The values of the options that set no key, by flag and in order; empty texts for those that take none. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** The keys that are set. */
  readonly flags: readonly Flag[];
}

/** Options of every command. */
const COMMON: readonly Option[] = [HELP, VERSION_OPTION];

/** Options of any command. One flag takes a value everywhere or nowhere: it is read before its command is known. */
const ALL: readonly Option[] = [...COMMON, ...COMMANDS.flatMap(({ options }) => options)];

/** The value of an option, the last one where it was given more than once. */
export function valueOf({ options }: CommandLine, { flag }: Option): string | undefined {
  return options.get(flag)?.at(-1);
}

/** Every value of an option, in order. */
export function valuesOf({ options }: CommandLine, { flag }: Option): readonly string[] {
  return options.get(flag) ?? [];
}

/** Reads the arguments that follow the program's name. */
export function parseCommandLine(
  args: readonly string[],
): CommandLine | { readonly errors: readonly string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(ALL.map(({ flag, short, value }) => [
      flag.slice(2),
      {
        type: value === undefined ? "boolean" : "string",
        ...(short !== undefined && { short }),
      },
    ])),
  });
  const words = tokens.flatMap((token) => token.kind === "positional" ? [token.value] : []);
  const name = words.shift();
  const command = name === undefined ? undefined : commandOf(name);
  const allowed = optionsAfter(name, command);
  const options = new Map<string, string[]>();
  const flags: Flag[] = [];
  const errors: string[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = [...allowed, ...ALL].find(({ flag }) => flag === `--${token.name}`);
    const error = optionError(token, option, allowed, command);
    if (error !== undefined) {
      errors.push(error);
      continue;
    }
    const { flag, key, means, turnsOn } = option!;
    if (key === undefined) options.set(flag, [...(options.get(flag) ?? []), token.value ?? ""]);
    else flags.push({ flag, name: key, text: means ?? token.value! });
    if (turnsOn !== undefined) flags.push({ flag, name: turnsOn, text: "true" });
  }
  // A word after an unknown option was most likely meant as its value; who asks for help need not know the words.
  if (errors.length === 0 && !options.has(HELP.flag)) {
    errors.push(...wordErrors(name, command, words));
  }
  return errors.length > 0 ? { errors } : { command, words, options, flags };
}

// Without a command the options are those of `serve`; behind an unknown one all pass, because its name is the mistake.
function optionsAfter(name: string | undefined, command: Command | undefined): readonly Option[] {
  if (command !== undefined) return [...command.options, ...COMMON];
  return name === undefined ? [...SERVE_OPTIONS, ...COMMON] : ALL;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionError(
  token: OptionToken,
  option: Option | undefined,
  allowed: readonly Option[],
  command: Command | undefined,
): string | undefined {
  if (option === undefined) {
    const near = nearest(token.rawName, allowed.map(({ flag }) => flag));
    return `Unknown option ${shown(token.rawName)}${didYouMean(near)}`;
  }
  if (!allowed.includes(option)) {
    return `The command "${command?.name ?? "serve"}" takes no option "${option.flag}"`;
  }
  if (option.value === undefined) {
    return token.inlineValue === true ? `The option "${option.flag}" takes no value` : undefined;
  }
  // parseArgs takes whatever follows, also the next option.
  const isMissing = token.value === undefined ||
    (token.inlineValue === false && token.value.startsWith("-"));
  return isMissing ? `The option "${option.flag}" needs a value: ${option.value}` : undefined;
}

function wordErrors(
  name: string | undefined,
  command: Command | undefined,
  words: readonly string[],
): string[] {
  if (name !== undefined && command === undefined) {
    const near = nearest(name, COMMANDS.map((known) => known.name));
    return [`Unknown command ${shown(name)}${didYouMean(near)}`];
  }
  const wanted = command?.words ?? [];
  const needed = wanted.filter((word) => !word.startsWith("["));
  if (words.length < needed.length) {
    return [`The command "${name}" needs ${needed.slice(words.length).join(" ")}`];
  }
  return words.slice(wanted.length).map((word) => `Unexpected argument ${shown(word)}`);
}
