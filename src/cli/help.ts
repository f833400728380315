// Help, for the whole program or for one command: what there is, in 80 columns.

import { VERSION } from "./build_info.ts";
import { ADMIN_COMMANDS } from "./admin/commands.ts";
import { type Command, commandOf, OWN_COMMANDS } from "./commands.ts";
import { describe, HELP, isBuilt, type Option, VERSION_OPTION } from "./options.ts";

const COLUMNS = 80;

/** The column in which descriptions start; what stands before them is shorter. */
const TEXT_COLUMN = 23;

const SOURCES = "Flags beat the environment (--log-level is TCP_SERVER_LOG_LEVEL), which beats " +
  "the configuration file, which beats the defaults.";

/** Help for one command, or for the program. */
export function helpFor(command: Command | undefined): string {
  return command === undefined ? programHelp() : commandHelp(command);
}

function programHelp(): string {
  const serve = commandOf("serve")!;
  return [
    `tcp-server ${VERSION}: long-lived TCP connections over a small binary protocol\n`,
    "Usage: tcp-server [COMMAND] [OPTIONS]\n",
    section("Commands", commandEntries(OWN_COMMANDS)),
    section("Commands for a running server", commandEntries(ADMIN_COMMANDS)),
    section("Options of serve", optionEntries([...serve.options, HELP, VERSION_OPTION])),
    `${wrap(SOURCES, COLUMNS).join("\n")}\n`,
    section("Examples", serve.examples.map((example) => `  ${example}`)),
  ].join("\n");
}

function commandHelp(command: Command): string {
  return [
    `${command.summary}\n`,
    `Usage: tcp-server ${titleOf(command)}${command.options.length > 0 ? " [OPTIONS]" : ""}\n`,
    section("Options", optionEntries([...command.options, HELP])),
    section("Examples", command.examples.map((example) => `  ${example}`)),
  ].join("\n");
}

function titleOf({ name, words = [] }: Command): string {
  return [name, ...words].join(" ");
}

function commandEntries(commands: readonly Command[]): string[] {
  return commands.map((command) => entry(titleOf(command), command.summary));
}

function optionEntries(options: readonly Option[]): string[] {
  return options.filter(isBuilt).map((option) =>
    entry(
      option.value === undefined ? option.flag : `${option.flag} ${option.value}`,
      describe(option),
    )
  );
}

function section(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.join("\n")}\n`;
}

function entry(title: string, text: string): string {
  const indent = " ".repeat(TEXT_COLUMN);
  return `  ${title}`.padEnd(TEXT_COLUMN) +
    wrap(text, COLUMNS - TEXT_COLUMN).join(`\n${indent}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  // A default stays with its word.
  for (const word of text.split(/(?<!\(default) /)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
