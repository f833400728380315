// The route that the payload of a Request or Notification begins with: how it is read, written, and what it may be.

import { assert } from "../base/assert.ts";
import { copyBytes } from "../base/bytes.ts";
import { encodeText } from "../base/text.ts";
import type { Frame } from "../codec/frame.ts";
import { NAME_BYTES_MAX } from "../limits/messaging.ts";

const NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** Whether `name` can be a route: words of `a-z 0-9 _ -`, separated by dots; empty is the default route. */
export function isRouteName(name: string): boolean {
  return name === "" || (NAME.test(name) && name.length <= NAME_BYTES_MAX);
}

/**
 * Reads the route off a lent `frame`, whose payload begins behind it afterwards; undefined where the payload is too short
 * for it. Bytes that no route is made of are kept as they are: nobody registered them.
 */
export function takeRoute(frame: Frame): string | undefined {
  const { bytes, start, end } = frame;
  const nameEnd = start + 1 + bytes[start]!;
  if (start === end || nameEnd > end) return undefined;
  frame.start = nameEnd;
  let name = "";
  for (let i = start + 1; i < nameEnd; i++) name += String.fromCharCode(bytes[i]!);
  return name;
}

/** `body` behind `name`, as a peer that speaks routes expects it. */
export function withRoute(name: string, body: Uint8Array): Uint8Array {
  const route = encodeText(name);
  assert(route.length <= NAME_BYTES_MAX, "the length of a name is one byte");
  const bytes = new Uint8Array(1 + route.length + body.length);
  bytes[0] = route.length;
  bytes.set(route, 1);
  copyBytes(bytes, 1 + route.length, body, 0, body.length);
  return bytes;
}
