// Session ids: random UUIDs, version 4 (RFC 9562, section 5.4).

const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/** The UUID made of 16 random bytes, of which version and variant replace six bits. */
export function uuidFrom(random: Uint8Array): string {
  const hex = (from: number, to: number) => {
    let text = "";
    for (let i = from; i < to; i++) text += HEX[random[i]!];
    return text;
  };
  random[6] = (random[6]! & 0x0f) | 0x40;
  random[8] = (random[8]! & 0x3f) | 0x80;
  return `${hex(0, 4)}-${hex(4, 6)}-${hex(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}
