// The histograms of `/metrics`: read from their text, subtracted, and asked for quantiles.

/** Each histogram by its name, all labels together: `{ bounds, counts }`, the last bound being Infinity. */
export function readHistograms(text, names) {
  const sums = new Map(names.map((name) => [name, new Map()]));
  for (const [, name, labels, value] of text.matchAll(/^(\w+)_bucket\{(.*)\} (\S+)$/gm)) {
    const buckets = sums.get(name);
    if (buckets === undefined) continue;
    const le = /\ble="([^"]+)"/.exec(labels)[1];
    const bound = le === "+Inf" ? Infinity : Number(le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + Number(value));
  }
  return new Map([...sums].map(([name, buckets]) => {
    const bounds = [...buckets.keys()].sort((a, b) => a - b);
    // The text counts all that lie below a bound; here each bucket stands for itself.
    const counts = bounds.map((bound, i) =>
      buckets.get(bound) - (i === 0 ? 0 : buckets.get(bounds[i - 1]))
    );
    return [name, { bounds, counts }];
  }));
}

/** What came on top since `before`; null where the server started anew in between. */
export function difference(after, before) {
  const counts = after.counts.map((count, i) => count - (before.counts[i] ?? 0));
  return counts.some((count) => count < 0) ? null : { bounds: after.bounds, counts };
}

export function total({ counts }) {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The time in seconds that a share of all took at most, guessed within its bucket as Prometheus does. */
export function quantile({ bounds, counts }, share) {
  let wanted = share * total({ counts });
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] < wanted) {
      wanted -= counts[i];
      continue;
    }
    const low = i === 0 ? 0 : bounds[i - 1];
    if (bounds[i] === Infinity) return low;
    return low + (bounds[i] - low) * (counts[i] === 0 ? 1 : wanted / counts[i]);
  }
  return bounds.at(-2) ?? 0;
}
