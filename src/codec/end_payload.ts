// The JSON that Error and Disconnect frames carry: a code, its name, a sentence, and whether to come back.

import { encodeText } from "../base/text.ts";
import { END_PAYLOAD_BYTES_MAX } from "../limits/wire.ts";
import { codeByNumber, type CodeName, codeOf, type Reconnect } from "./codes.ts";
import { parseObject } from "./json.ts";

/** What an Error or Disconnect says. */
export interface EndPayload {
  /** 1000 to 1999 end the session, 2000 to 3999 one request. */
  readonly code: number;
  /** Its name in the closed list; "application" for numbers that are not in it. */
  readonly name: string;
  /** A sentence for people; may be empty. */
  readonly message: string;
  /** Absent for codes that end one request only. */
  readonly reconnect?: Reconnect;
  /** Milliseconds to wait before coming back; only with `reconnect: "yes"`. */
  readonly retryAfterMs?: number;
}

/** Whether and when the peer shall come back. */
export interface ComeBack {
  /** What the code says, unless given; only where a session ends. */
  readonly reconnect?: Reconnect;
  /** Milliseconds; left out where the peer is not invited back. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The payload of an Error or Disconnect for `name`; a number is a code of the application's own, 3000 to 3999.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeEnd, encodeFrame, FrameType } from "tcp-server";
 *
 * const payload = encodeEnd("draining", "Back soon", { retryAfterMs: 5_000 });
 * const text = '{"code":1001,"name":"draining","message":"Back soon","reconnect":"yes","retryAfterMs":5000}';
 * assert.equal(new TextDecoder().decode(payload), text);
 * assert.equal(encodeFrame(FrameType.Disconnect, 0, 0, payload).length, 13 + text.length);
 * ```
 */
export function encodeEnd(
  name: CodeName | number,
  message: string,
  { reconnect: wanted, retryAfterMs }: ComeBack = {},
): Uint8Array {
  if (typeof name === "number") {
    return encodeText(JSON.stringify({ code: name, name: "application", message }));
  }
  const { code, reconnect: byCode } = codeOf(name);
  const reconnect = byCode && (wanted ?? byCode);
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
 * Reads such a payload; an empty one says `normal`. Undefined where it is too long to be read (8 KiB), or not a JSON
 * object with an integer `code`: the peer's mistake, for the caller to judge.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeEnd, encodeEnd } from "tcp-server";
 *
 * const end = decodeEnd(encodeEnd("server_full", "Come later", { retryAfterMs: 500 }));
 * assert.deepEqual([end?.code, end?.reconnect, end?.retryAfterMs], [1300, "yes", 500]);
 * assert.equal(decodeEnd(new TextEncoder().encode("[]")), undefined);
 * ```
 */
export function decodeEnd(payload: Uint8Array): EndPayload | undefined {
  if (payload.length === 0) return { code: 1000, name: "normal", message: "" };
  if (payload.length > END_PAYLOAD_BYTES_MAX) return undefined;
  const value = parseObject(payload);
  if (value === undefined || !Number.isInteger(value["code"])) return undefined;
  const code = value["code"] as number;
  const { message, reconnect, retryAfterMs } = value;
  // What ends one request says nothing about the session, and a wait is for those who are invited back.
  const comeBack = code < 2000 && isReconnect(reconnect) ? reconnect : undefined;
  return {
    code,
    name: codeByNumber(code)?.name ?? "application",
    message: typeof message === "string" ? message : "",
    ...(comeBack === undefined ? {} : { reconnect: comeBack }),
    ...(comeBack === "yes" && isWait(retryAfterMs) ? { retryAfterMs } : {}),
  };
}

function isReconnect(value: unknown): value is Reconnect {
  return value === "yes" || value === "token" || value === "no";
}

// JSON has numbers that become Infinity.
function isWait(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
