// Bytes as people read them: sixteen in a row, with their place before and their characters behind.

const ROW_BYTES = 16;

/** Rows of `bytes`, the first `bytesMax` of them. */
export function hexLines(bytes: Uint8Array, bytesMax: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, bytesMax); at += ROW_BYTES) {
    const row = [...bytes.subarray(at, Math.min(at + ROW_BYTES, bytesMax))];
    const pairs = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const halves = [pairs.slice(0, 8).join(" "), pairs.slice(8).join(" ")].join("  ");
    const characters = row.map((byte) =>
      byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : "."
    );
    lines.push(
      `  ${at.toString(16).padStart(6, "0")}  ${halves.padEnd(48)}  ${characters.join("")}`,
    );
  }
  if (bytes.length > bytesMax) lines.push(`  … ${bytes.length - bytesMax} bytes more`);
  return lines;
}
