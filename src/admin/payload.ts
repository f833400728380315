// Bytes in JSON: `text` where they are valid UTF-8, `base64` otherwise; and the messages that carry them.

import { z } from "@hono/zod-openapi";
import { decodeText, encodeText } from "../base/text.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import { isRouteName } from "../messaging/route_name.ts";
import type { NodeContext } from "./context.ts";
import { ApiError } from "./errors.ts";

/** Exactly one of the two. */
export const PAYLOAD_FIELDS = {
  text: z.string().optional(),
  base64: z.base64().optional(),
};

/** What it is said on; sessions without the feature `routes` get the bytes bare. */
export const route = z.string().refine(
  isRouteName,
  "Must be words of a-z 0-9 _ - with dots between",
)
  .default("");

/** A Notification or a Request. */
export const MessageBody = z.strictObject({ route, ...PAYLOAD_FIELDS }).openapi("Message");

/** Bytes that came from a client. */
export const PayloadView = z.object(PAYLOAD_FIELDS).openapi("Payload");

/** The parts of a body that carry bytes. */
interface PayloadIn {
  readonly route?: string | undefined;
  readonly text?: string | undefined;
  readonly base64?: string | undefined;
}

/**
 * The bytes that a body carries.
 *
 * @throws {ApiError} If it says them twice or not at all, or they fit no frame.
 */
export function bytesIn(
  { text, base64, route = "" }: PayloadIn,
  { server }: NodeContext,
): Uint8Array {
  if ((text === undefined) === (base64 === undefined)) {
    throw new ApiError("invalid", 'The body must hold either "text" or "base64"');
  }
  const bytes = text === undefined ? bytesOf(base64!) : encodeText(text);
  const { frameBytesMax } = server.limits;
  if (HEADER_BYTES + 1 + route.length + bytes.length > frameBytesMax) {
    throw new ApiError("too_large", `A frame has at most ${frameBytesMax} bytes`);
  }
  return bytes;
}

/** `bytes` as the API shows them. */
export function payloadView(bytes: Uint8Array): z.infer<typeof PayloadView> {
  const text = decodeText(bytes);
  if (text !== undefined) return { text };
  return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
