// Why a call failed and why a session ended: a code of the closed list, and which side said so.

import { type CodeName, codeOf, type Reconnect } from "../codec/codes.ts";
import type { EndPayload } from "../codec/end_payload.ts";
import { refusal as refuse, type RequestError, type Side } from "../codec/request_error.ts";

export { RequestError, type Side } from "../codec/request_error.ts";

/** Why a session ended, or could not begin. */
export interface EndReason {
  /** A code of the closed list. */
  readonly code: number;
  /** Its name, e.g. `draining`, `kicked`, `transport_lost`. */
  readonly name: string;
  /** A sentence for people; may be empty. */
  readonly message: string;
  /** Which side said so. */
  readonly by: Side;
  /** Whether the client comes back by itself: `token` means with a new credential. */
  readonly reconnect: Reconnect;
  /** Milliseconds the server asked to stay away for. */
  readonly retryAfterMs?: number;
}

/** A call that this side refuses. */
export function refusal(name: CodeName, message: string): RequestError {
  return refuse(name, message, "client");
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
