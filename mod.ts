/**
 * tcp-server as a library: a server to embed, its client, and the codec for programs that speak its protocol.
 *
 * ```ts
 * import { connect, createServer } from "./mod.ts";
 *
 * const server = await createServer();
 * server.route("greet", (c) => `Hello, ${c.text()}`);
 * const address = server.listen({ host: "127.0.0.1", port: 0 });
 *
 * const client = await connect({ address });
 * const answer = await client.request("greet", "world");
 * console.log(new TextDecoder().decode(answer)); // Hello, world
 * await client.close();
 * await server.drain();
 * ```
 *
 * @module
 */

export * from "./server.ts";
export {
  type Body,
  type Client,
  type ClientEvents,
  type ClientOptions,
  type ClientState,
  connect,
  createPool,
  type EndReason,
  type EventName,
  type Feature,
  type Gap,
  type Incoming,
  type Pool,
  type PoolOptions,
  type Reply,
  type RequestHandler,
  type RequestOptions,
} from "./client.ts";
export { type Code, codeOf, type Reconnect } from "./src/codec/codes.ts";
export { type ComeBack, decodeEnd, encodeEnd, type EndPayload } from "./src/codec/end_payload.ts";
export { encodeFrame } from "./src/codec/frame.ts";
export {
  FrameReader,
  type FrameSink,
  type FrameViolation,
  type ReadResult,
} from "./src/codec/frame_reader.ts";
