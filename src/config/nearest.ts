// The known name that somebody who wrote an unknown one most likely meant, if any is near enough.

/** However long the names are, more edits than this make another word. */
const EDITS_MAX = 3;

/** The nearest of `known` to `word`; undefined where none is within two edits in five letters. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestEdits = Infinity;
  for (const candidate of known) {
    const longer = Math.max(word.length, candidate.length);
    const allowed = Math.min(EDITS_MAX, Math.max(1, Math.floor(longer * 0.4)));
    if (Math.abs(word.length - candidate.length) > allowed) continue;
    const count = edits(word, candidate);
    if (count <= allowed && count < bestEdits) {
      best = candidate;
      bestEdits = count;
    }
  }
  return best;
}

/** `, did you mean "…"?` or nothing: the end of a sentence about an unknown name. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? "" : `, did you mean "${name}"?`;
}

// Letters put in, left out, changed, or swapped with their neighbour (optimal string alignment).
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
