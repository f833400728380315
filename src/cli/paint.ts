// Colours of a terminal, for few words.

const SGR = { green: 32, yellow: 33, red: 31, dim: 2, bold: 1, reverse: 7 } as const;

/** `text` in this colour where colours are wanted. */
export function paint(text: string, color: keyof typeof SGR, isWanted: boolean): string {
  return isWanted ? `\x1b[${SGR[color]}m${text}\x1b[0m` : text;
}
