// What a refused client sees: an Error frame with the right code, then FIN and not RST, whatever it still sends.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ERROR, type Frame, json } from "./frames.ts";
import type { RawClient } from "./raw_client.ts";

/** What an Error says, besides its message. */
export interface Refusal {
  readonly code: number;
  readonly name: string;
  readonly reconnect: "yes" | "token" | "no";
}

/** More than the buffers between the two ends hold unread, and less than the server puts up with. */
export const GARBAGE: Buffer = Buffer.alloc(512 * 1024, 0xaa);

/** Checks an Error frame; returns what it says beyond the refusal and its message. */
export function assertError(frame: Frame, refusal: Refusal): Record<string, unknown> {
  assert.equal(frame.type, ERROR);
  const { code, name, reconnect, message, ...rest } = json(frame);
  assert.deepEqual({ code, name, reconnect }, refusal);
  assert.ok(typeof message === "string" && message.length > 0, "an Error has a message");
  return rest;
}

/** Waits for the end of the connection, which must be an Error and then FIN; returns the Error. */
export async function assertRefused(client: RawClient, refusal: Refusal): Promise<Frame> {
  const { frames, end } = await client.rest();
  const error = frames.pop();
  assert.ok(error !== undefined, `No Error came, only the end of the connection (${end})`);
  assertError(error, refusal);
  assert.equal(end, "fin");
  return error;
}

/**
 * Checks that a refused peer may go on to send: a reset now would destroy what it has not read yet. Many small writes,
 * because the first ones after a reset still succeed.
 */
export async function assertHeardOut(client: RawClient): Promise<void> {
  for (let sent = 0; sent < 256; sent++) await client.sendOut(GARBAGE.subarray(0, 1024));
}
