// What the tests of the Handshake share: a Handshake out of JSON text, taken or refused.

import assert from "node:assert/strict";
import { encodeText } from "../../../src/base/text.ts";
import { decodeHandshake, type Handshake } from "../../../src/codec/handshake.ts";

/** The Handshake that `json` holds. */
export function taken(json: string): Handshake {
  const handshake = decodeHandshake(encodeText(json));
  assert.ok(!("refused" in handshake), json.slice(0, 100));
  return handshake;
}

/** Asserts that `json` is refused as `code` with a short message that names `part`. */
export function assertRefused(json: string, part: string, code = "bad_handshake") {
  const refusal = decodeHandshake(encodeText(json));
  const shown = json.slice(0, 100);
  assert.ok("refused" in refusal, shown);
  assert.equal(refusal.refused, code, shown);
  assert.ok(refusal.message.includes(part), `${shown}: ${refusal.message}`);
  assert.ok(refusal.message.length < 100, "a peer does not choose the length of our message");
}

/** The same for a Handshake that has one key. */
export function assertRefusedAt(key: string, value: unknown) {
  assertRefused(JSON.stringify({ [key]: value }), key);
}
