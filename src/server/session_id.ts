// Session ids: UUIDs (RFC 9562), random but for the number of the node where there are several.

/** Bytes that an id is made of. */
export const ID_BYTES = 16;

/**
 * The id made of 16 random bytes. On a server of one node that is version 4: version and variant take six bits. With
 * `node` it is version 8, the one that is free to say something: its last 16 bits are that number.
 */
export function sessionId(random: Uint8Array, node?: number): string {
  if (node !== undefined) {
    random[14] = node >>> 8;
    random[15] = node;
  }
  random[6] = (random[6]! & 0x0f) | (node === undefined ? 0x40 : 0x80);
  random[8] = (random[8]! & 0x3f) | 0x80;
  const hex = (from: number, to: number) => {
    let text = "";
    for (let i = from; i < to; i++) text += HEX[random[i]!];
    return text;
  };
  return `${hex(0, 4)}-${hex(4, 6)}-${hex(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}

/** The number of the node that gave `id` to its session; undefined where it names none. */
export function nodeOf(id: string): number | undefined {
  return NAMES_NODE.test(id) ? parseInt(id.slice(-4), 16) : undefined;
}

const NAMES_NODE = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);
