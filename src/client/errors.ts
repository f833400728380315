// Why a call failed and why a session ended: a code of the closed list, and which side said so.

import { type CodeName, codeOf, type Reconnect } from "../codec/codes.ts";
import type { EndPayload } from "../codec/end_payload.ts";

/** Which side decided. A `handler_timeout` by the client is its own patience; one by the server is the handler's. */
export type Side = "server" | "client";

/** Why a session ended, or could not begin. */
export interface EndReason {
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly by: Side;
  /** Whether the client comes back by itself: `token` means with a new credential. */
  readonly reconnect: Reconnect;
  /** Milliseconds the server asked to stay away for. */
  readonly retryAfterMs?: number;
}

/** What a call is refused with. `name` is the name of its code, e.g. `no_route`. */
export class RequestError extends Error {
  readonly code: number;
  override readonly name: string;
  readonly by: Side;

  constructor(code: number, name: string, message: string, by: Side) {
    super(message);
    this.code = code;
    this.name = name;
    this.by = by;
  }
}

/** A call that this side refuses. */
export function refusal(name: CodeName, message: string): RequestError {
  return new RequestError(codeOf(name).code, name, message, "client");
}

/** The end of a session, as this side sees it; it comes back unless told otherwise. */
export function endedHere(
  name: CodeName,
  message: string,
  reconnect: Reconnect = "yes",
): EndReason {
  return { code: codeOf(name).code, name, message, by: "client", reconnect };
}

/** The end of a session, as the server told it in an Error or Disconnect. */
export function endedThere(end: EndPayload): EndReason {
  const { code, name, message, retryAfterMs } = end;
  const reconnect = end.reconnect ?? "yes";
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { code, name, message, by: "server", reconnect, ...wait };
}
