// JSON objects out of payloads, without a throw.

import { decodeText } from "../base/text.ts";

/** The JSON object in `payload`; undefined where there is none. */
export function parseObject(payload: Uint8Array): Record<string, unknown> | undefined {
  const text = decodeText(payload);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
