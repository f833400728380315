// Text from a peer as the value of an HTTP header: nothing in it can end the line or mean something else.

import { encodeText } from "../base/text.ts";

/**
 * `text` in UTF-8, each byte that is not a visible ASCII character as `%XX`, and `%` too: what `decodeURIComponent`
 * turns back.
 */
export function headerValue(text: string): string {
  let value = "";
  for (const byte of encodeText(text)) {
    const isSafe = byte > 0x20 && byte < 0x7f && byte !== 0x25;
    value += isSafe
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return value;
}
