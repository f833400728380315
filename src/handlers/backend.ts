// The backend handler: what a client asks becomes an HTTP request to a user's own service, and its answer the Response.

import type { App } from "../messaging/app.ts";
import type { RouteHandler } from "../messaging/compose.ts";
import type { Context } from "../messaging/context.ts";
import { BACKEND_ANSWER_BYTES_MAX, BACKEND_UNWANTED_BYTES_MAX } from "../limits/handlers.ts";
import { APPLICATION_CODE_MIN, ERROR_MESSAGE_CHARS_MAX } from "../limits/messaging.ts";
import type { Log } from "../observe/log.ts";
import { LENGTH_MIN } from "../limits/wire.ts";
import { type Answer, type BackendClient, BackendFailure } from "./backend_client.ts";
import { headerValue } from "./header_value.ts";

/** The longest character of UTF-8, in bytes. */
const CHARACTER_BYTES_MAX = 4;

/** Serves any route with the service behind `client`. */
export function backend(app: App, client: BackendClient, log: Log): RouteHandler {
  // Asked each time, since a reload may change it.
  function answerBytesMax(): number {
    return Math.min(BACKEND_ANSWER_BYTES_MAX, app.limits.frameBytesMax - LENGTH_MIN);
  }

  function bytesMax(isRequest: boolean, status: number): number {
    if (!isRequest || status >= 500) return BACKEND_UNWANTED_BYTES_MAX;
    return status < 300 ? answerBytesMax() : CHARACTER_BYTES_MAX * ERROR_MESSAGE_CHARS_MAX;
  }

  async function ask(c: Context): Promise<Answer | undefined> {
    try {
      return await client.post({
        headers: headersOf(c),
        body: c.bytes(),
        signal: c.signal,
        bytesMax: (status) => bytesMax(c.isRequest, status),
      });
    } catch (error) {
      if (!(error instanceof BackendFailure)) throw error;
      return undefined;
    }
  }

  return async (c) => {
    const answer = await ask(c);
    if (answer === undefined) return c.fail("backend_unavailable", "The backend is unavailable");
    const { status, bytes, isWhole } = answer;
    if (status >= 400) {
      return c.fail(APPLICATION_CODE_MIN + status, new TextDecoder().decode(bytes));
    }
    if (isWhole || !c.isRequest) return bytes;
    log("warning", "backend failed", { reason: `Its answer is over ${answerBytesMax()} bytes` });
    c.fail("backend_unavailable", "The answer of the backend is too long");
  };
}

function headersOf(c: Context): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    "x-session-id": c.session.id,
    "x-user": headerValue(c.session.user),
    "x-route": c.route,
    "x-request-id": String(c.id),
    "x-frame-type": c.isRequest ? "request" : "notification",
  };
}
