// The JSON that Error and Disconnect frames carry: a code, its name, a sentence, and whether to come back.

import { encodeText } from "../base/text.ts";
import { END_PAYLOAD_BYTES_MAX } from "../limits/wire.ts";
import { codeByNumber, type CodeName, codeOf, type Reconnect } from "./codes.ts";
import { parseObject } from "./json.ts";

/** What an Error or Disconnect says. */
export interface EndPayload {
  readonly code: number;
  readonly name: string;
  readonly message: string;
  /** Absent for codes that end one request only. */
  readonly reconnect?: Reconnect;
  /** Milliseconds to wait before coming back; only with `reconnect: "yes"`. */
  readonly retryAfterMs?: number;
}

/** The payload for `name`. `retryAfterMs` is left out where the code does not invite the peer back. */
export function encodeEnd(name: CodeName, message: string, retryAfterMs?: number): Uint8Array {
  const { code, reconnect } = codeOf(name);
  const end: EndPayload = {
    code,
    name,
    message,
    ...(reconnect === null ? {} : { reconnect }),
    ...(reconnect === "yes" && retryAfterMs !== undefined ? { retryAfterMs } : {}),
  };
  return encodeText(JSON.stringify(end));
}

/**
 * Reads such a payload; an empty one says `normal`. Undefined where it is too long to be read, or not a JSON object
 * with an integer `code`: the peer's mistake, for the caller to judge.
 */
export function decodeEnd(payload: Uint8Array): EndPayload | undefined {
  if (payload.length === 0) return { code: 1000, name: "normal", message: "" };
  if (payload.length > END_PAYLOAD_BYTES_MAX) return undefined;
  const value = parseObject(payload);
  if (value === undefined || !Number.isInteger(value["code"])) return undefined;
  const code = value["code"] as number;
  const { message, reconnect, retryAfterMs } = value;
  return {
    code,
    name: codeByNumber(code)?.name ?? "application",
    message: typeof message === "string" ? message : "",
    ...(reconnect === "yes" || reconnect === "token" || reconnect === "no" ? { reconnect } : {}),
    ...(typeof retryAfterMs === "number" && retryAfterMs >= 0 ? { retryAfterMs } : {}),
  };
}
