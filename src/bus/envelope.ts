// A message of the bus as fields and bytes: u32 length of the JSON, the JSON, and the bytes as they are.

import { NO_BYTES } from "../base/bytes.ts";
import { decodeText, encodeText } from "../base/text.ts";
import { readU32 } from "../codec/frame.ts";
import type { Message } from "./bus.ts";

/** Puts `fields`, which are JSON, and `bytes` into one message, in a buffer of its own. */
export function seal(fields: object, bytes: Uint8Array = NO_BYTES): Message {
  const json = encodeText(JSON.stringify(fields));
  const message = new Uint8Array(4 + json.length + bytes.length);
  new DataView(message.buffer).setUint32(0, json.length);
  message.set(json, 4);
  message.set(bytes, 4 + json.length);
  return message;
}

/**
 * Takes it apart; the bytes are a view. Nodes of one server trust each other: the fields are what `seal()` was given.
 *
 * @throws {Error} If it is no such message.
 */
export function unseal<Fields extends object>(message: Message): Fields & { bytes: Uint8Array } {
  const end = 4 + readU32(message, 0);
  const fields = JSON.parse(decodeText(message.subarray(4, end)) ?? "") as Fields;
  return { ...fields, bytes: message.subarray(end) };
}
