// The closed list of codes: why a session or a request ended. One list for the wire, the log and the metrics.

/** What a client does after its session ended: come back, come back with a new credential, or stay away. */
export type Reconnect = "yes" | "token" | "no";

/** One row of the list. */
export interface Code {
  /** The number on the wire, 1000 to 2999. */
  readonly code: number;
  /** The word for logs, metrics and programs. */
  readonly name: string;
  /** What the client does next; null where a session does not end, or the code never travels. */
  readonly reconnect: Reconnect | null;
}

function row<const Name extends string>(code: number, name: Name, reconnect: Reconnect | null) {
  return { code, name, reconnect } as const;
}

/** Every code. 1000 to 1003 travel in Disconnect, the other 1xxx in Error and end the session; 2xxx end one request. */
export const CODES = [
  row(1000, "normal", "no"),
  row(1001, "draining", "yes"),
  row(1002, "kicked", "no"),
  row(1003, "replaced", "no"),
  row(1100, "bad_length", "no"),
  row(1101, "frame_too_large", "no"),
  row(1102, "unknown_type", "no"),
  row(1103, "bad_handshake", "no"),
  row(1104, "unsupported_version", "no"),
  row(1105, "handshake_required", "no"),
  row(1106, "bad_payload", "no"),
  row(1107, "frame_timeout", "yes"),
  row(1200, "handshake_timeout", "yes"),
  row(1201, "stale", "yes"),
  row(1202, "slow_consumer", "yes"),
  row(1203, "over_budget", "yes"),
  row(1300, "server_full", "yes"),
  row(1301, "too_many_from_address", "yes"),
  row(1302, "too_many_for_user", "yes"),
  row(1303, "rate_limited", "yes"),
  row(1400, "unauthorized", "token"),
  row(1401, "forbidden", "no"),
  row(1402, "banned", "no"),
  row(1500, "internal", "yes"),
  row(1600, "transport_lost", null),
  row(1601, "resume_expired", null),
  row(2000, "no_route", null),
  row(2001, "handler_failed", null),
  row(2002, "handler_timeout", null),
  row(2003, "too_many_in_flight", null),
  row(2004, "backend_unavailable", null),
  row(2005, "cancelled", null),
  row(2006, "answer_lost", null),
  row(2007, "route_forbidden", null),
] as const;

/** The name of one of them. */
export type CodeName = (typeof CODES)[number]["name"];

const BY_NAME = new Map<string, Code>(CODES.map((code) => [code.name, code]));
const BY_NUMBER = new Map<number, Code>(CODES.map((code) => [code.code, code]));

/**
 * The row called `name`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { codeOf } from "tcp-server";
 *
 * assert.deepEqual(codeOf("kicked"), { code: 1002, name: "kicked", reconnect: "no" });
 * assert.equal(codeOf("no_route").reconnect, null); // it ends a request, not the session
 * ```
 */
export function codeOf(name: CodeName): Code {
  return BY_NAME.get(name)!;
}

/** The row with this number; undefined for the application's own (3000 to 3999) and for numbers nobody defined. */
export function codeByNumber(code: number): Code | undefined {
  return BY_NUMBER.get(code);
}
