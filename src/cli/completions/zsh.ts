// The completion script for zsh: to be sourced, or put into a folder of $fpath as _tcp-server.

import { commandWords, DEFAULT_COMMAND, type OptionWords, quoted, type Values } from "./words.ts";

/** The script. */
export function zshCompletions(): string {
  const commands = commandWords();
  const names = commands.map(({ name }) => name).join("|");
  const first = commands.find(({ name }) => name === DEFAULT_COMMAND)!;
  return `#compdef tcp-server
# Completes tcp-server in zsh. Made by: tcp-server completions zsh
_tcp-server() {
  local curcontext=$curcontext state
  local -a commands=(
${commands.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join("\n")}
  )
  # The word at the cursor is not a command yet.
  case \${\${words[1,CURRENT-1]}[(r)${names}]} in
    '') _arguments ${specs(first.options, ["'1: :->command'"])} ;;
${
    commands.map(({ name, options, words }) =>
      `    ${name}) _arguments ${specs(options, ["'1: :( )'", ...words.map(wordSpec)])} ;;`
    ).join("\n")
  }
  esac
  [[ $state != command ]] || _describe -t commands command commands
}
if [[ $funcstack[1] == _tcp-server ]]; then
  _tcp-server "$@"
else
  compdef _tcp-server tcp-server
fi
`;
}

function specs(options: readonly OptionWords[], words: readonly string[]): string {
  return [...words, ...options.map(optionSpec)].join(" \\\n        ");
}

function optionSpec({ flag, help, values }: OptionWords): string {
  const text = help.replaceAll(/[[\]\\]/g, "\\$&");
  // A star: it may be given again.
  if (values === undefined) return quoted(`*${flag}[${text}]`);
  return quoted(`*${flag}=[${text}]: :${action(values)}`);
}

function wordSpec(values: Values, index: number): string {
  return quoted(`${index + 2}: :${action(values)}`);
}

// An empty list says that nothing is known; without any action zsh shows a message, and inserts no option either.
function action(values: Values): string {
  if (values === "any") return "( )";
  return values === "file" ? "_files" : `(${values.join(" ")})`;
}
