/**
 * The server of tcp-server, to embed in a program of your own on Deno or Bun.
 *
 * ```ts
 * import { createServer } from "./server.ts";
 *
 * const server = await createServer({ limits: { maxConnections: 1_000 } });
 * server.route("greet", (c) => `Hello, ${c.text()}`);
 * server.on("connect", (session) => session.join("lobby"));
 * const { port } = server.listen({ host: "127.0.0.1", port: 0 });
 * console.log(port > 0, server.group("lobby").broadcast("Welcome"));
 * await server.drain();
 * ```
 *
 * @module
 */

import { VERSION } from "./src/cli/build_info.ts";
import { DEFAULT_POLICIES, type Policies } from "./src/limits/policies.ts";
import { DEFAULT_LIMITS, mistakesIn, type ServerLimits } from "./src/limits/server.ts";
import type { App } from "./src/messaging/app.ts";
import { Application } from "./src/messaging/application.ts";
import type { Log } from "./src/observe/log.ts";
import { selectHost } from "./src/runtime/select_host.ts";

export type {
  Bus,
  Message,
  NodeId,
  NodeListener,
  Reply as BusReply,
  Responder,
  Subscriber,
} from "./src/bus/bus.ts";
export { type CodeName, CODES } from "./src/codec/codes.ts";
export { Frame, FrameType } from "./src/codec/frame.ts";
export { RequestError, type Side } from "./src/codec/request_error.ts";
export { chat } from "./src/handlers/chat.ts";
export { echo } from "./src/handlers/echo.ts";
export {
  BROADCAST_POLICIES,
  type BroadcastPolicy,
  DEFAULT_POLICIES,
  LIMITS_MODES,
  type LimitsMode,
  type Policies,
  USER_POLICIES,
  type UserPolicy,
} from "./src/limits/policies.ts";
export { type Bound, BOUNDS, DEFAULT_LIMITS, type ServerLimits } from "./src/limits/server.ts";
export type { App } from "./src/messaging/app.ts";
export type { AppEvents } from "./src/messaging/app_events.ts";
export type { Answer, Answerer, AskManyOptions, Audience } from "./src/messaging/audience.ts";
export type { SelectOptions, Sent } from "./src/messaging/audience.ts";
export type { Middleware, RouteHandler } from "./src/messaging/compose.ts";
export type { Context, FailureName, HandlerLog } from "./src/messaging/context.ts";
export type { Endpoint, EndpointSession } from "./src/messaging/endpoint.ts";
export {
  BadPayload,
  type Payload,
  type Schema,
  type SchemaIssue,
  type SchemaResult,
} from "./src/messaging/payload.ts";
export type { AskOptions } from "./src/messaging/question.ts";
export type { SessionReference } from "./src/messaging/remote.ts";
export type { KickOptions, SessionHandle } from "./src/messaging/session_handle.ts";
export {
  type Log,
  LOG_LEVELS,
  type LogEvent,
  type LogFields,
  type LogLevel,
} from "./src/observe/log.ts";
export type { Ending } from "./src/session/ending.ts";
export type { Delivery } from "./src/session/owner.ts";
export type { EndedBy, SessionState } from "./src/session/state.ts";
export type { Address } from "./src/transport/transport.ts";

/** How a server differs from the default. */
export interface CreateServerOptions {
  /** Bounds, in the units their names say; see `BOUNDS` for what each may be. */
  readonly limits?: Partial<ServerLimits>;
  /** What it does where there is a choice. */
  readonly policies?: Partial<Policies>;
  /** Takes log events; nobody, unless given. Must not throw. */
  readonly log?: Log;
  /** The name of this node, told to clients; the name of the machine, unless given. */
  readonly node?: string;
}

/**
 * A server that does not listen yet: give it routes, then call `listen()`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer({ node: "node-7", log: (level, event) => console.log(level, event) });
 * server.route("where", () => server.node);
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * assert.equal(new TextDecoder().decode(await client.request("where", "")), "node-7");
 * await client.close();
 * await server.drain();
 * await assert.rejects(createServer({ limits: { maxConnections: 0 } }), RangeError);
 * ```
 *
 * @throws {RangeError} If a limit is out of its bounds, or two do not fit together.
 * @throws {Error} If this runtime is neither Deno nor Bun.
 */
export async function createServer(options: CreateServerOptions = {}): Promise<App> {
  const host = await selectHost();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const mistakes = mistakesIn(limits);
  if (mistakes.length > 0) throw new RangeError(`Cannot use these limits: ${mistakes.join("; ")}`);
  const log = options.log ?? (() => {});
  return new Application({
    transport: host.transport((error) => log("error", "fault", { error: String(error) })),
    clock: host.clock,
    randomBytes: host.randomBytes,
    digest: host.digest,
    limits,
    policies: { ...DEFAULT_POLICIES, ...options.policies },
    memoryBytes: host.memoryBytes(),
    log,
    node: options.node ?? host.hostName(),
    product: `tcp-server/${VERSION}`,
  });
}
