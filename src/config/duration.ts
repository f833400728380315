// Durations as people write them: "30s", "1m 30s", "500ms", "2h". Milliseconds everywhere else.

const PATTERN = /^(?=\d)(?:(\d+)h)?(?: *(\d+)m)?(?: *(\d+)s)?(?: *(\d+)ms)?$/;

/** The units, largest first, in milliseconds; in the order of the pattern's groups. */
const UNITS = [["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]] as const;

/** Milliseconds; NaN where `text` is no duration. */
export function parseDuration(text: string): number {
  const match = PATTERN.exec(text);
  if (match === null) return NaN;
  return UNITS.reduce((sum, [, ms], index) => sum + Number(match[index + 1] ?? 0) * ms, 0);
}

/** The shortest text that `parseDuration` reads as `ms`. */
export function formatDuration(ms: number): string {
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? "0s" : parts.join(" ");
}
