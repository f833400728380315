// The layers of the source tree, as a table: who may import whom.

/** The layer of each folder of src/. A file imports from a lower layer or from its own folder. */
export const LAYERS: Readonly<Record<string, number>> = {
  base: 0,
  limits: 0,
  codec: 1,
  transport: 1,
  observe: 2,
  session: 2,
  bus: 2,
  server: 3,
  messaging: 4,
  handlers: 5,
  store: 5,
  cluster: 5,
  client: 5,
  config: 5,
  admin: 5,
  runtime: 5,
  cli: 6,
};

/** Neighbours that a folder may use although they stand in its own layer. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  limits: ["base"],
  session: ["observe"],
};

/** The highest layer that knows no platform. */
const CORE_MAX = 4;

/** The folders of src/ that know no platform, lowest layer first. */
export const CORE: readonly string[] = Object.keys(LAYERS).filter((name) =>
  LAYERS[name]! <= CORE_MAX
);

/** The folder of src/ that a path lies in; undefined for everything else, a folder without a layer too. */
export function folderOf(path: string): string | undefined {
  const folder = path.match(/^src\/(\w+)\//)?.[1];
  return folder !== undefined && folder in LAYERS ? folder : undefined;
}

/** Whether a file of src/ may import another file; both paths start at the root of the repository. */
export function mayImport(from: string, to: string): boolean {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === undefined || target === undefined) return false;
  return source === target || NEIGHBOURS[source]?.includes(target) === true ||
    LAYERS[target]! < LAYERS[source]!;
}
