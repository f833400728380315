// Sizes as people write them: 8192 or "8KiB". Bytes everywhere else.

const PATTERN = /^(\d+) ?(B|KiB|MiB|GiB)$/;

/** The units, smallest first: each is 1024 of the one before. */
const UNITS = ["B", "KiB", "MiB", "GiB"];

/** Bytes; NaN where `text` is no size. */
export function parseSize(text: string): number {
  const match = PATTERN.exec(text);
  if (match === null) return NaN;
  return Number(match[1]) * 1024 ** UNITS.indexOf(match[2]!);
}

/** The text with the largest unit that holds `bytes` as a whole number. */
export function formatSize(bytes: number): string {
  let count = bytes;
  let unit = 0;
  while (count > 0 && count % 1024 === 0 && unit < UNITS.length - 1) {
    count /= 1024;
    unit++;
  }
  return `${count}${UNITS[unit]}`;
}
