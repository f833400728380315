// What a handler gets with each Request or Notification on its route.

import type { LogFields, LogLevel } from "../observe/log.ts";
import type { Payload, Schema } from "./payload.ts";
import type { SessionHandle } from "./session_handle.ts";

/** Codes of the closed list that a handler may fail with, beside the application's own (3000 to 3999). */
export type FailureName = "route_forbidden" | "backend_unavailable";

/**
 * One Request or Notification, as its handler sees it.
 *
 * A Request is answered exactly once: by `reply()`, by `fail()`, or by what the handler returns (bytes or text; nothing is
 * an empty Response). A handler that answers later returns a promise. What throws is answered with `handler_failed`,
 * what takes longer than `requestTimeoutMs` with `handler_timeout`; what is replied after that is dropped.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.route("pay", (c) => {
 *   const { cents } = c.json<{ cents: number }>();
 *   if (cents > 1000) return c.fail(3402, "That is too much");
 *   c.reply(`${c.session.user} paid ${cents}`);
 * });
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }), user: "ann" });
 * assert.equal(new TextDecoder().decode(await client.request("pay", '{"cents":7}')), "ann paid 7");
 * await assert.rejects(client.request("pay", '{"cents":7000}'), { code: 3402 });
 * await client.close();
 * await server.drain();
 * ```
 */
export interface Context {
  /** Who sent it. */
  readonly session: SessionHandle;
  /** The route as it was sent; empty: the default route. */
  readonly route: string;
  /** Whether an answer is expected; a Notification has none, and `reply()` and `fail()` do nothing for it. */
  readonly isRequest: boolean;
  /** The request id, a u64. */
  readonly id: bigint;
  /** The payload behind the route. Lent until the handler first awaits: use `bytes()` to keep it. */
  readonly payload: Uint8Array;
  /** A copy of the payload, the handler's to keep. */
  bytes(): Uint8Array;
  /** The payload as text. @throws {BadPayload} If it is not valid UTF-8; uncaught, the peer gets code 3400. */
  text(): string;
  /**
   * The payload as JSON, checked by `schema` (any validator that follows the Standard Schema, e.g. zod).
   *
   * @throws {BadPayload} If it is not; uncaught, the peer gets code 3400 and the first thing that is wrong.
   */
  json<Output = unknown>(schema?: Schema<Output>): Output;
  /**
   * Answers with bytes, or with text as UTF-8; nothing is an empty Response. Only the first answer counts.
   *
   * @throws {RangeError} If they fit into no frame (16 MiB).
   */
  reply(payload?: Payload): void;
  /**
   * Answers with an Error. `code` is one of the application's own (3000 to 3999) or a name of the closed list; of
   * `message` the peer gets the first 200 characters.
   *
   * @throws {RangeError} If the number is not the application's.
   */
  fail(code: number | FailureName, message?: string): void;
  /** Aborted when the time is over, or when the session is gone and no answer reaches anybody. */
  readonly signal: AbortSignal;
  /** For middleware to leave something for the handler; one object for each Request. */
  readonly state: Record<string, unknown>;
  /** Writes log lines about this Request. */
  readonly log: HandlerLog;
}

/** Writes log lines, as the event `application`; those of a `Context` have the session and the route in them. */
export interface HandlerLog {
  /** For whoever looks for a fault; the program does not write it by default. */
  debug(message: string, fields?: LogFields): void;
  /** Worth a line on any day. */
  info(message: string, fields?: LogFields): void;
  /** Something that may become a fault. */
  warning(message: string, fields?: LogFields): void;
  /** A fault of the application's. */
  error(message: string, fields?: LogFields): void;
}

/** A log for a handler. */
export function handlerLog(
  write: (level: LogLevel, message: string, fields: LogFields) => void,
): HandlerLog {
  return {
    debug: (message, fields = {}) => write("debug", message, fields),
    info: (message, fields = {}) => write("info", message, fields),
    warning: (message, fields = {}) => write("warning", message, fields),
    error: (message, fields = {}) => write("error", message, fields),
  };
}
