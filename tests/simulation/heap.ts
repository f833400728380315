// What is alive in this program, counted: every object the engine knows, also behind private names and in closures.

import { getHeapSnapshot } from "node:v8";

/** Objects of one kind: the name of their class, or what the engine calls them. */
export interface Kind {
  count: number;
  bytes: number;
}

/** All that is alive, by kind. */
export type Census = ReadonlyMap<string, Kind>;

/** The parts of a snapshot that are read here. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] };
  };
  readonly nodes: number[];
  readonly strings: string[];
}

/** What comes of running at all: what is compiled, the shapes of objects, and numbers, which engines also keep as texts. */
const ENGINE =
  /^(?:hidden|code|object shape|synthetic|number|native system \/) |^string -?\d[\d.e+-]*$/;

/** Counts; what nobody can reach is collected first. */
export async function census(): Promise<Census> {
  const { snapshot: { meta }, nodes, strings } = await takeSnapshot();
  const [types] = meta.node_types;
  const step = meta.node_fields.length;
  const [type, name, size] = ["type", "name", "self_size"].map((field) =>
    meta.node_fields.indexOf(field)
  ) as [number, number, number];
  const kinds = new Map<string, Kind>();
  for (let at = 0; at < nodes.length; at += step) {
    const label = strings[nodes[at + name]!]!;
    const kind = kindOf(types[nodes[at + type]!]!, label);
    if (kind === undefined) continue;
    const sum = kinds.get(kind) ?? { count: 0, bytes: 0 };
    sum.count++;
    sum.bytes += nodes[at + size]!;
    kinds.set(kind, sum);
  }
  return kinds;
}

async function takeSnapshot(): Promise<Snapshot> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of getHeapSnapshot()) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return JSON.parse(text) as Snapshot;
}

/** Undefined where it is the engine's. The name of a text is the text. */
function kindOf(type: string, name: string): string | undefined {
  if (ENGINE.test(`${type} ${name}`)) return undefined;
  return type.endsWith("string") ? "text" : `${type} ${name}`;
}
