/**
 * The client of tcp-server: it connects, comes back by itself and asks again. Runs on Deno, Bun and Node.
 *
 * ```ts
 * import { connect } from "./client.ts";
 * import { createServer, echo } from "./server.ts"; // mostly another program, on another machine
 *
 * const server = await createServer();
 * server.endpoint("sys.echo", echo());
 * const address = server.listen({ host: "127.0.0.1", port: 0 });
 *
 * const client = await connect({ address, client: "example/1" });
 * client.on("state", ({ state }) => console.log(state)); // open, then closed
 * client.on("broadcast", ({ body }) => console.log(new TextDecoder().decode(body)));
 * const answer = await client.request("sys.echo", "hello", { timeoutMs: 2_000 });
 * console.log(new TextDecoder().decode(answer)); // hello
 * await client.close();
 * await server.drain();
 * ```
 *
 * @module
 */

import { Client } from "./src/client/client.ts";
import type { ClientOptions } from "./src/client/options.ts";
import { makePlatform, type Platform } from "./src/client/platform.ts";
import { Pool, type PoolOptions } from "./src/client/pool.ts";
import { selectClientHost } from "./src/runtime/select_client_host.ts";

export type { Reply, RequestHandler } from "./src/client/answers.ts";
export type { Body, Client, RequestOptions } from "./src/client/client.ts";
export { type EndReason, RequestError, type Side } from "./src/client/errors.ts";
export type { ClientEvents, ClientState, EventName, Gap, Incoming } from "./src/client/events.ts";
export type { Feature } from "./src/client/handshake.ts";
export type { ClientOptions } from "./src/client/options.ts";
export type { Pool, PoolOptions } from "./src/client/pool.ts";
export type { Reconnect } from "./src/codec/codes.ts";
export type { Address } from "./src/transport/transport.ts";

// One for all clients of the program: they share a timer.
let platform: Promise<Platform> | undefined;

function sharedPlatform(): Promise<Platform> {
  return platform ??= selectClientHost().then((host) => makePlatform(host));
}

/**
 * A client that is usable at once: it connects in the background, and calls wait for that. `client.ready()` waits
 * for the first session.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * const address = server.listen({ host: "127.0.0.1", port: 0 });
 * const client = await connect({ address, user: "ann", tags: { device: "phone" } });
 * await client.ready();
 * assert.equal(client.state.state, "open");
 * assert.equal(server.everyone.sessions()[0]?.tags["device"], "phone");
 * await client.close();
 * await server.drain();
 * await assert.rejects(connect({ address, connectTimeoutMs: 0 }), RangeError);
 * ```
 *
 * @throws {RangeError} If an option is out of its bounds.
 */
export async function connect(options: ClientOptions): Promise<Client> {
  return new Client(options, await sharedPlatform());
}

/**
 * A pool of such clients.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { createPool, createServer } from "tcp-server";
 *
 * const servers = await Promise.all([createServer({ node: "a" }), createServer({ node: "b" })]);
 * for (const server of servers) server.route("node", () => server.node);
 * const addresses = servers.map((server) => server.listen({ host: "127.0.0.1", port: 0 }));
 * const pool = await createPool({ addresses, size: 4 });
 * const node = new TextDecoder().decode(await pool.request("node", ""));
 * assert.ok(["a", "b"].includes(node));
 * await pool.close();
 * await Promise.all(servers.map((server) => server.drain()));
 * ```
 *
 * @throws {RangeError} If there is no address, or an option is out of its bounds.
 */
export async function createPool(options: PoolOptions): Promise<Pool> {
  const platform = await sharedPlatform();
  return new Pool(options, (each) => new Client(each, platform));
}
