// The completion script for fish.

import { commandWords, DEFAULT_COMMAND, type OptionWords, quoted, type Values } from "./words.ts";

/** The script. */
export function fishCompletions(): string {
  const commands = commandWords();
  const names = commands.map(({ name }) => name).join(" ");
  const none = `not __fish_seen_subcommand_from ${names}`;
  const lines = [
    "# Completes tcp-server in fish. Made by: tcp-server completions fish",
    "complete -c tcp-server -f",
  ];
  for (const { name, help, options, words } of commands) {
    const seen = `__fish_seen_subcommand_from ${name}`;
    const here = name === DEFAULT_COMMAND ? `${seen}; or ${none}` : seen;
    lines.push(line(none, `-a ${name} -d ${quoted(help)}`));
    for (const option of options) lines.push(line(here, optionText(option)));
    for (const values of words) {
      const text = wordText(values);
      if (text !== undefined) lines.push(line(here, text));
    }
  }
  return `${lines.join("\n")}\n`;
}

function line(condition: string, text: string): string {
  return `complete -c tcp-server -n ${quoted(condition)} ${text}`;
}

function optionText({ flag, help, values }: OptionWords): string {
  const text = `-l ${flag.slice(2)} -d ${quoted(help)}`;
  if (values === undefined) return text;
  if (values === "file") return `${text} -r -F`;
  return values === "any" ? `${text} -x` : `${text} -x -a ${quoted(values.join(" "))}`;
}

function wordText(values: Values): string | undefined {
  if (values === "any") return undefined;
  return values === "file" ? "-F" : `-a ${quoted(values.join(" "))}`;
}
