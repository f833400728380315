// Adds up what several nodes counted: objects of numbers, however deep.

/** Numbers by name, and more of them below. */
export type Sums = { readonly [name: string]: number | Sums };

/** The sums of all of `parts`, of which there is one; a name that only some of them have counts as 0 in the others. */
export function addUp<Part extends Sums>(parts: readonly Part[]): Part {
  return parts.reduce((a, b) => add(a, b) as Part);
}

function add(a: Sums, b: Sums): Sums {
  const sum: Record<string, number | Sums> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = sum[name];
    if (typeof value === "number") sum[name] = (typeof before === "number" ? before : 0) + value;
    else sum[name] = add(typeof before === "object" ? before : {}, value);
  }
  return sum;
}
