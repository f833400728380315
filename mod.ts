/**
 * tcp-server as a library: a server to embed, its client, and the codec for programs that speak its protocol.
 *
 * ```ts
 * import { DEFAULT_LIMITS, DEFAULT_POLICIES, echo, selectHost, Server } from "./mod.ts";
 *
 * const host = await selectHost();
 * const server = new Server({
 *   transport: host.transport((error) => console.error(error)),
 *   clock: host.clock,
 *   randomBytes: host.randomBytes,
 *   limits: { ...DEFAULT_LIMITS, maxConnections: 100 },
 *   policies: DEFAULT_POLICIES,
 *   memoryBytes: host.memoryBytes(),
 *   handler: echo,
 *   log: () => {},
 *   node: "here",
 *   product: "example/1",
 * });
 * const { port } = server.listen({ host: "127.0.0.1", port: 0 });
 * console.log(port > 0);
 * server.drain(() => {});
 * ```
 *
 * @module
 */

export {
  type Answer,
  type Body,
  Client,
  type ClientEvents,
  type ClientOptions,
  type ClientState,
  connect,
  createPool,
  type EndReason,
  type Feature,
  type Gap,
  type Incoming,
  Pool,
  type PoolOptions,
  RequestError,
  type RequestHandler,
  type RequestOptions,
} from "./client.ts";
export { type Code, type CodeName, codeOf, CODES, type Reconnect } from "./src/codec/codes.ts";
export { decodeEnd, encodeEnd, type EndPayload } from "./src/codec/end_payload.ts";
export { encodeFrame, FrameType } from "./src/codec/frame.ts";
export {
  FrameReader,
  type FrameSink,
  type FrameViolation,
  type ReadResult,
} from "./src/codec/frame_reader.ts";
export { DEFAULT_POLICIES, type Policies } from "./src/limits/policies.ts";
export { BOUNDS, DEFAULT_LIMITS, type ServerLimits } from "./src/limits/server.ts";
export { chat } from "./src/handlers/chat.ts";
export { echo } from "./src/handlers/echo.ts";
export type { Log, LogEvent, LogFields, LogLevel } from "./src/observe/log.ts";
export { selectHost } from "./src/runtime/select_host.ts";
export type { Handler } from "./src/server/handler.ts";
export type { ServerOptions } from "./src/server/options.ts";
export { Server } from "./src/server/server.ts";
export type { Session } from "./src/session/session.ts";
export type { Host } from "./src/transport/host.ts";
export type { Address, Clock, Connection, Transport } from "./src/transport/transport.ts";
