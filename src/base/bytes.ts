// Byte strings: the empty one, and copying that is quick for short ones.

/** No bytes; shared, since it cannot change. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Whether both hold the same bytes. Takes the same time wherever two of one length differ. */
export function bytesEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i++) difference |= one[i]! ^ other[i]!;
  return difference === 0;
}

/** The bytes as hexadecimal digits, two for each. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes that hexadecimal digits stand for. */
export function bytesFromHex(hex: string): Uint8Array {
  return Uint8Array.from(
    { length: hex.length / 2 },
    (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Up to here a loop beats the view that `set()` needs, on V8 and on JavaScriptCore. */
const LOOP_BYTES_MAX = 64;

/** Copies `from[start..end)` to `into` at `at`. */
export function copyBytes(
  into: Uint8Array,
  at: number,
  from: Uint8Array,
  start: number,
  end: number,
): void {
  if (end - start > LOOP_BYTES_MAX) into.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) into[at++] = from[i]!;
}
