// The completion script for bash, 3.2 and later.

import {
  allOptions,
  commandWords,
  DEFAULT_COMMAND,
  type OptionWords,
  type Values,
} from "./words.ts";

/** The script. */
export function bashCompletions(): string {
  const options = allOptions().filter(({ values }) => values !== undefined);
  const commands = commandWords();
  const first = commands.find(({ name }) => name === DEFAULT_COMMAND)!;
  return `# Completes tcp-server in bash. Made by: tcp-server completions bash
_tcp_server() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= place=0 i
  # bash takes --flag=value for three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${options.map(({ flag }) => flag).join(" | ")})
        ((i++))
        [[ \${COMP_WORDS[i]} == = ]] && ((i++)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=\${COMP_WORDS[i]}; else ((place++)); fi ;;
    esac
  done
  case $before in
${options.map(valueCase).join("\n")}
  esac
  case $command:$place in
    :0) ${complete([...commands.map(({ name }) => name), ...flagsOf(first.options)])} ;;
${commands.flatMap(({ name, options, words }) => commandCases(name, options, words)).join("\n")}
  esac
}
_tcp_server_files() {
  local IFS=$'\\n'
  compopt -o filenames 2> /dev/null
  COMPREPLY+=($(compgen -f -- "$1"))
}
complete -F _tcp_server tcp-server
`;
}

function valueCase({ flag, values }: OptionWords): string {
  return `    ${flag}) ${valuesCommand(values!)}return ;;`;
}

// A case for each word that the command takes, and one for what comes after them.
function commandCases(
  name: string,
  options: readonly OptionWords[],
  words: readonly Values[],
): string[] {
  const flags = flagsOf(options);
  return [...words, undefined].map((values, place) => {
    const choices = typeof values === "object" ? values : [];
    const files = values === "file" ? '; _tcp_server_files "$word"' : "";
    const at = values === undefined ? "*" : String(place);
    return `    ${name}:${at}) ${complete([...choices, ...flags])}${files} ;;`;
  });
}

function valuesCommand(values: Values): string {
  if (values === "any") return "";
  return values === "file" ? '_tcp_server_files "$word"; ' : `${complete(values)}; `;
}

function complete(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$word"))`;
}

function flagsOf(options: readonly OptionWords[]): string[] {
  return options.map(({ flag }) => flag);
}
