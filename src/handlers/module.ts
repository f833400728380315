// Loads a file of the user's, which registers routes and listeners. What it is given is the application itself.

import type { App } from "../messaging/app.ts";

/** Where this program lies: its sources, or what is embedded in an executable. */
const OWN_FOLDER = decodeURI(new URL("..", import.meta.url).pathname);

/** Imports a file; resolves with what it exports. */
export type ImportFile = (path: string) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Has the default export of the file at `path` prepare `app`; resolves when it has.
 *
 * @throws {Error} As a rejection: if there is no such file or function, or the function throws. The message says where.
 */
export async function loadModule(app: App, importFile: ImportFile, path: string): Promise<void> {
  try {
    const { default: prepare } = await importFile(path);
    if (typeof prepare === "function") return void await prepare(app);
  } catch (error) {
    throw cannotLoad(path, describeFault(error));
  }
  throw cannotLoad(path, "Its default export is not a function");
}

function cannotLoad(path: string, why: string): Error {
  return new Error(`Cannot load the module "${path}": ${why}`);
}

/** Where something stands, as Bun's compiler tells it. */
interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What went wrong in one line, with the file and the line where that is known. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Bun has an error for each thing it cannot compile; the first one is the cause of the others.
  const [first = error] = error instanceof AggregateError ? error.errors : [];
  const message = String(first.message);
  const at = positionOf(first) ?? placeIn(withoutColors(`${message}\n${first.stack ?? ""}`));
  const summary = message.split("\n")[0]!;
  return at === undefined || summary.includes(at) ? summary : `${summary} (${at})`;
}

function positionOf({ position }: { position?: Position | null }): string | undefined {
  return position ? `${position.file}:${position.line}:${position.column}` : undefined;
}

// The first place that a stack names outside of this program: URLs on Deno, paths on Bun.
function placeIn(text: string): string | undefined {
  const places = text.matchAll(/(?:^|[\s(])(file:\/\/)?(\/[^\s():]+:\d+:\d+)/g);
  return places.map(([, scheme, place]) => scheme ? decodeURI(place!) : place!)
    .find((place) => !place.startsWith(OWN_FOLDER));
}

// Deno colors the place of an import that cannot be found.
function withoutColors(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\u001b\[\d+m/g, "");
}
