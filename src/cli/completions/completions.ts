// The command `completions`: a script that makes a shell complete commands, options and values. Generated from the
// tables of commands and options; there is no second list of them.

import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { SHELLS } from "./words.ts";
import { zshCompletions } from "./zsh.ts";

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], () => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/** The script for a shell; undefined where there is none. */
export function completionsFor(name: string): string | undefined {
  const shell = SHELLS.find((known) => known === name);
  return shell === undefined ? undefined : SCRIPTS[shell]();
}
